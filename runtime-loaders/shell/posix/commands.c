/* system(3) and popen(3): commands given to the shell. */
#include <errno.h>
#include <fcntl.h>
#include <posix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "result.h"

static pid_t start_shell(const char *command) {
  char *argv[] = {"sh", "-c", (char *)command, NULL};
  return posix_start("sh", argv, NULL, WE_SPAWN_SEARCH, 0);
}

static int wait_for(pid_t pid) {
  int status;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return status;
}

int system(const char *command) {
  if (command == NULL) return 1;
  struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
  pid_t pid = start_shell(command);
  if (pid < 0) return -1;
  sigaction(SIGINT, &ignore, &interrupt);
  sigaction(SIGQUIT, &ignore, &quit);
  int status = wait_for(pid);
  sigaction(SIGINT, &interrupt, NULL);
  sigaction(SIGQUIT, &quit, NULL);
  return status;
}

static struct opened {
  FILE *file;
  pid_t pid;
} table[16];

FILE *popen(const char *command, const char *mode) {
  int writes = mode[0] == 'w', ends[2];
  struct opened *free_place = NULL;
  for (size_t index = 0; index < sizeof table / sizeof *table; index++)
    if (table[index].file == NULL) free_place = &table[index];
  if (mode[0] != 'r' && !writes) return errno = EINVAL, NULL;
  if (free_place == NULL) return errno = EMFILE, NULL;
  if (pipe2(ends, O_CLOEXEC) != 0) return NULL;
  // The command's end takes the place of our own stream while it is started.
  int theirs = ends[!writes], ours = ends[writes], standard = writes ? 0 : 1;
  fflush(NULL);
  int kept = fcntl(standard, F_DUPFD_CLOEXEC, 10);
  dup2(theirs, standard);
  pid_t pid = start_shell(command);
  if (kept >= 0) {
    dup2(kept, standard);
    close(kept);
  } else close(standard);
  close(theirs);
  FILE *file = pid < 0 ? NULL : fdopen(ours, writes ? "w" : "r");
  if (file == NULL) {
    close(ours);
    return NULL;
  }
  *free_place = (struct opened){file, pid};
  return file;
}

int pclose(FILE *file) {
  for (size_t index = 0; index < sizeof table / sizeof *table; index++)
    if (table[index].file == file) {
      table[index].file = NULL;
      fclose(file);
      return wait_for(table[index].pid);
    }
  return result(ECHILD);
}
