/* Processes: copies of this one, other programs, waiting, groups and sessions. */
#include <errno.h>
#include <posix.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "result.h"
#include "signals.h"

extern char **environ;

WE_CLONE_ENTRY;

/* ── who we are ── */

enum { PID, PARENT, GROUP, SESSION };
/* Of this process; all 0: not asked yet. */
static int32_t ids[4];
/* The group was just learned with the pid: shells ask for both as they start. */
static int group_is_fresh;

static void learn(void) {
  if (ids[SESSION] == 0 && we_identity(0, ids) == 0) group_is_fresh = 1;
}

pid_t getpid(void) {
  if (ids[PID] == 0) we_pid(&ids[PID]);
  return ids[PID];
}

pid_t gettid(void) { return getpid(); }

pid_t getppid(void) {
  learn();
  return ids[PARENT];
}

static pid_t identity(pid_t pid, int which) {
  int32_t answer[4];
  return result(we_identity(pid, answer)) != 0 ? -1 : answer[which];
}

pid_t getpgrp(void) {
  learn();
  if (!group_is_fresh) return identity(0, GROUP);
  group_is_fresh = 0;
  return ids[GROUP];
}

pid_t getpgid(pid_t pid) { return identity(pid, GROUP); }
pid_t getsid(pid_t pid) { return identity(pid, SESSION); }
int setpgid(pid_t pid, pid_t group) {
  group_is_fresh = 0;
  return result(we_set_group(pid, group));
}
pid_t setpgrp(void) { return setpgid(0, 0); }
pid_t setsid(void) {
  int32_t session;
  group_is_fresh = 0;
  return result(we_new_session(&session)) != 0 ? -1 : session;
}

/* ── copies ── */

struct beginning {
  int (*fn)(void *);
  void *arg;
};

static int begin(void *given) {
  struct beginning *beginning = given;
  memset(ids, 0, sizeof ids);
  signals_after_clone();
  return beginning->fn(beginning->arg);
}

pid_t posix_clone(int (*fn)(void *), void *arg) {
  struct beginning beginning = {fn, arg};
  int32_t pid;
  fflush(NULL);
  return result(we_clone(begin, &beginning, &pid)) != 0 ? -1 : pid;
}

/* A wasm program cannot be copied in its middle. */
pid_t fork(void) { return result(ENOSYS); }
pid_t vfork(void) { return result(ENOSYS); }

/* ── other programs ── */

/* The words one after the other, each with its NUL. Empty or NULL where there is no memory. */
static char *packed(char *const words[], size_t *length) {
  *length = 0;
  for (size_t index = 0; words[index] != NULL; index++) *length += strlen(words[index]) + 1;
  char *bytes = malloc(*length + 1), *end = bytes;
  for (size_t index = 0; bytes != NULL && words[index] != NULL; index++) {
    size_t size = strlen(words[index]) + 1;
    memcpy(end, words[index], size);
    end += size;
  }
  return bytes;
}

/* What is no NAME=value is not handed on. */
static char *packed_environment(char *const env[], size_t *length) {
  size_t count = 0, kept = 0;
  while (env[count] != NULL) count++;
  char **proper = malloc((count + 1) * sizeof *proper);
  if (proper == NULL) return NULL;
  for (size_t index = 0; index < count; index++) {
    char *equals = strchr(env[index], '=');
    if (equals != NULL && equals != env[index]) proper[kept++] = env[index];
  }
  proper[kept] = NULL;
  char *bytes = packed(proper, length);
  free(proper);
  return bytes;
}

static int with_request(const char *path, char *const argv[], char *const env[], unsigned flags, pid_t group,
                        int (*call)(const struct we_spawn *, int32_t *), int32_t *pid) {
  struct we_spawn request = {
      .path = path,
      .path_length = strlen(path),
      .flags = flags | WE_SPAWN_ENVIRONMENT,
      .group = group,
  };
  request.args = packed(argv, &request.args_length);
  request.env = packed_environment(env == NULL ? environ : env, &request.env_length);
  int error = request.args == NULL || request.env == NULL ? ENOMEM : call(&request, pid);
  free((char *)request.args);
  free((char *)request.env);
  return error;
}

static int execute(const struct we_spawn *request, int32_t *pid) {
  /* Signals on their way here are handled on the way back from this call: the next program would not hear of them. */
  int32_t now[4];
  we_identity(0, now);
  return we_execute(request);
}

pid_t posix_start(const char *path, char *const argv[], char *const env[], unsigned flags, pid_t group) {
  int32_t pid;
  fflush(NULL);
  return result(with_request(path, argv, env, flags, group, we_spawn, &pid)) != 0 ? -1 : pid;
}

static int replace(const char *path, char *const argv[], char *const env[], unsigned flags) {
  fflush(NULL);
  return result(with_request(path, argv, env, flags, 0, execute, NULL));
}

int execve(const char *path, char *const argv[], char *const env[]) {
  const char *absolute = posix_absolute(path);
  return absolute == NULL ? -1 : replace(absolute, argv, env, 0);
}
int execvpe(const char *name, char *const argv[], char *const env[]) {
  return strchr(name, '/') != NULL ? execve(name, argv, env) : replace(name, argv, env, WE_SPAWN_SEARCH);
}
int execv(const char *path, char *const argv[]) { return execve(path, argv, environ); }
int execvp(const char *name, char *const argv[]) { return execvpe(name, argv, environ); }

/* The words of a call that lists them, up to NULL; `env` is what stands behind, where it is asked for. */
static char **listed(const char *first, va_list list, char ***env) {
  va_list counted;
  va_copy(counted, list);
  size_t count = 1;
  while (va_arg(counted, char *) != NULL) count++;
  va_end(counted);
  char **words = malloc((count + 1) * sizeof *words);
  if (words == NULL) return NULL;
  words[0] = (char *)first;
  for (size_t index = 1; index <= count; index++) words[index] = va_arg(list, char *);
  if (env != NULL) *env = va_arg(list, char **);
  return words;
}

#define EXECUTE_LISTED(call, env) \
  va_list list; \
  va_start(list, first); \
  char **words = listed(first, list, env); \
  va_end(list); \
  int answer = words == NULL ? result(ENOMEM) : call; \
  free(words); \
  return answer;

int execl(const char *path, const char *first, ...) { EXECUTE_LISTED(execv(path, words), NULL) }
int execlp(const char *name, const char *first, ...) { EXECUTE_LISTED(execvp(name, words), NULL) }
int execle(const char *path, const char *first, ...) {
  char **env;
  EXECUTE_LISTED(execve(path, words, env), &env)
}

/* ── waiting ── */

pid_t waitpid(pid_t pid, int *status, int options) {
  int32_t word, waited;
  if (result(we_wait(pid, options, &word, &waited)) != 0) return -1;
  if (status != NULL && waited != 0) *status = word;
  return waited;
}

pid_t posix_await(int *status, int options) {
  int32_t word, waited;
  if (result(we_await(-1, options, &word, &waited)) != 0) return -1;
  *status = word;
  return waited;
}

pid_t wait(int *status) { return waitpid(-1, status, 0); }

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage) {
  if (usage != NULL) memset(usage, 0, sizeof *usage);
  return waitpid(pid, status, options);
}

pid_t wait3(int *status, int options, struct rusage *usage) { return wait4(-1, status, options, usage); }

/* ── time ── */

unsigned alarm(unsigned seconds) {
  uint32_t left = 0;
  we_alarm(seconds > UINT32_MAX / 1000 ? UINT32_MAX : seconds * 1000, 0, &left);
  return (left + 999) / 1000;
}

unsigned ualarm(unsigned microseconds, unsigned interval) {
  uint32_t left = 0;
  we_alarm((microseconds + 999) / 1000, (interval + 999) / 1000, &left);
  return left * 1000;
}
