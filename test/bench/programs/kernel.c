/* What the kernel's calls cost a program: run with the name of a measure, prints microseconds a call. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wasm-elements.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
static int32_t start(const char *role, const struct we_descriptor *fds, size_t count) {
  char words[64];
  int length = snprintf(words, sizeof words, "self%c%s%c", 0, role, 0);
  struct we_spawn request = {"/home/user/kernel.wasm", 22, words, length, 0, 0, 0, 0, fds, count, fds ? WE_SPAWN_DESCRIPTORS : 0, 0};
  int32_t pid = 0;
  if (we_spawn(&request, &pid)) exit(9);
  return pid;
}
static void finish(int32_t pid) {
  int32_t status, waited;
  if (we_wait(pid, 0, &status, &waited) || status) exit(8);
}
static int by_size(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}
static char block[65536];

int main(int argc, char **argv) {
  const char *role = argc > 1 ? argv[1] : "true";
  if (!strcmp(role, "true")) return 0;
  if (!strcmp(role, "drain")) {
    while (read(0, block, sizeof block) > 0);
    return 0;
  }
  double begin, each;
  if (!strcmp(role, "stat") || !strcmp(role, "firststats")) {
    struct stat s;
    /* The engine compiles on the way: what the first ten thousand cost is a figure of its own. */
    int rounds = strcmp(role, "stat") ? 1 : 2;
    for (int round = 0; round < rounds; round++) {
      begin = now();
      for (int i = 0; i < 10000; i++)
        if (stat("/home/user/a/b/file.txt", &s)) return 1;
      each = now() - begin;
    }
    if (rounds == 2) each /= 10000;
  } else if (!strcmp(role, "read")) {
    int file = open("/home/user/a/b/file.txt", O_RDONLY);
    for (int round = 0; round < 2; round++) {
      begin = now();
      for (int i = 0; i < 10000; i++)
        if (pread(file, block, 4096, 0) != 4096) return 1;
      each = (now() - begin) / 10000;
    }
  } else if (!strcmp(role, "call")) {
    int32_t ids[4];
    begin = now();
    for (int i = 0; i < 2000; i++) we_identity(0, ids);
    each = (now() - begin) / 2000;
  } else if (!strcmp(role, "spawn")) {
    /* The one in the middle: the first ones meet an engine that compiles, and now and then one that collects. */
    static double took[400];
    for (int i = 0; i < 400; i++) {
      begin = now();
      finish(start("true", 0, 0));
      took[i] = now() - begin;
    }
    qsort(took, 400, sizeof took[0], by_size);
    each = (took[199] + took[200]) / 2;
  } else if (!strcmp(role, "spawns")) {
    begin = now();
    for (int i = 0; i < 1000; i++) finish(start("true", 0, 0));
    each = now() - begin;
  } else if (!strcmp(role, "pipe")) {
    int32_t pair[2];
    if (we_pipe(WE_CLOEXEC, pair)) return 1;
    struct we_descriptor fds[] = {{0, pair[0]}, {2, 2}};
    int32_t child = start("drain", fds, 2);
    close(pair[0]);
    for (int i = 0; i < 16; i++) write(pair[1], block, sizeof block);
    begin = now();
    for (int i = 0; i < 2048; i++)
      if (write(pair[1], block, sizeof block) != sizeof block) return 1;
    each = (now() - begin) / 2048;
    close(pair[1]);
    finish(child);
  } else if (!strcmp(role, "small")) {
    char name[32];
    mkdir("/tmp/many", 0755);
    begin = now();
    for (int i = 0; i < 10000; i++) {
      snprintf(name, sizeof name, "/tmp/many/%d", i);
      int file = open(name, O_WRONLY | O_CREAT, 0644);
      if (file < 0 || write(file, block, 200) != 200) return 1;
      close(file);
    }
    finish(start("readsmall", 0, 0));
    each = now() - begin;
  } else if (!strcmp(role, "readsmall")) {
    char name[32];
    for (int i = 0; i < 10000; i++) {
      snprintf(name, sizeof name, "/tmp/many/%d", i);
      int file = open(name, O_RDONLY);
      if (file < 0 || read(file, block, 4096) != 200) return 1;
      close(file);
    }
    return 0;
  } else {
    return 2;
  }
  printf("%f\n", each);
  return 0;
}
