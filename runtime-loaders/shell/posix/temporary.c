/* Names for temporary files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "result.h"

static const int attempts = 100;
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/* The six X before the last `suffix` characters; NULL: there are none. */
static char *placeholder(char *name, int suffix) {
  size_t length = strlen(name);
  if (suffix < 0 || length < 6 + (size_t)suffix) return NULL;
  char *place = name + length - suffix - 6;
  return memcmp(place, "XXXXXX", 6) == 0 ? place : NULL;
}

static void fill(char *place) {
  unsigned char random[6];
  arc4random_buf(random, sizeof random);
  for (int index = 0; index < 6; index++) place[index] = letters[random[index] % (sizeof letters - 1)];
}

static int make_file(char *name, int suffix, int flags) {
  char *place = placeholder(name, suffix);
  if (place == NULL) return result(EINVAL);
  for (int attempt = 0; attempt < attempts; attempt++) {
    fill(place);
    int fd = open(name, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

int mkstemps(char *name, int suffix) { return make_file(name, suffix, 0); }
int mkstemp(char *name) { return make_file(name, 0, 0); }
int mkostemp(char *name, int flags) { return make_file(name, 0, flags); }

char *mkdtemp(char *name) {
  char *place = placeholder(name, 0);
  if (place == NULL) return errno = EINVAL, NULL;
  for (int attempt = 0; attempt < attempts; attempt++) {
    fill(place);
    if (mkdir(name, 0700) == 0) return name;
    if (errno != EEXIST) return NULL;
  }
  return NULL;
}

char *mktemp(char *name) {
  char *place = placeholder(name, 0);
  struct stat status;
  if (place == NULL) errno = EINVAL;
  for (int attempt = 0; place != NULL && attempt < attempts; attempt++) {
    fill(place);
    if (lstat(name, &status) != 0) return name;
  }
  *name = 0;
  return name;
}

FILE *tmpfile(void) {
  char name[] = "/tmp/fileXXXXXX";
  int fd = mkstemp(name);
  if (fd < 0) return NULL;
  unlink(name);
  return fdopen(fd, "w+");
}
