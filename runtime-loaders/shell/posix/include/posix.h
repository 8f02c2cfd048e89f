/* What programs of ours use beyond POSIX: a child that runs a function, a child that runs another program. */
#ifndef POSIX_H
#define POSIX_H

#include <stddef.h>
#include <sys/types.h>
#include <wasm-elements.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A copy of this process that ends with what fn returns. The copy begins with a stack of its own: nothing that waits
 * in the caller's frames goes on there. -1 and errno, else its pid. stdio is flushed first. */
pid_t posix_clone(int (*fn)(void *), void *arg);

/* Starts a program: `path` is looked up in PATH where it has no slash and WE_SPAWN_SEARCH is given. `env` NULL: this
 * process's. `flags`: WE_SPAWN_SESSION, WE_SPAWN_GROUP (with `group`), WE_SPAWN_SEARCH. It gets every descriptor
 * without FD_CLOEXEC. -1 and errno, else its pid. */
pid_t posix_start(const char *path, char *const argv[], char *const env[], unsigned flags, pid_t group);

/* As waitpid(-1, status, options), but a signal that is caught always ends it with EINTR. */
pid_t posix_await(int *status, int options);

/* Lets signals in that came since the last call, and the event loop turn, at most every 20 ms. For long loops. */
void posix_tick(void);

/* The absolute path that `path` means here, in a buffer of its own until the second next call. NULL: errno. */
const char *posix_absolute(const char *path);

/* The same from a directory descriptor, as of openat(2). */
const char *posix_absolute_at(int directory, const char *path);

#ifdef __cplusplus
}
#endif
#endif
