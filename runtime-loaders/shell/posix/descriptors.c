/* Descriptors: duplicates, pipes, flags. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <posix.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>
#include "directories.h"
#include "result.h"

int close(int fd) {
  directory_closed(fd);
  return result(__wasi_fd_close(fd));
}

static int duplicate(int fd, int first, unsigned flags) {
  int32_t copy;
  if (first < 0) return result(EINVAL);
  if (result(we_duplicate(fd, first, flags, &copy)) != 0) return -1;
  directory_duplicated(fd, copy);
  return copy;
}

static int duplicate_to(int fd, int to, unsigned flags) {
  if (to < 0) return result(EBADF);
  if (result(we_duplicate_to(fd, to, flags)) != 0) return -1;
  directory_duplicated(fd, to);
  return to;
}

int dup(int fd) { return duplicate(fd, 0, 0); }

int dup2(int fd, int to) {
  if (fd != to) return duplicate_to(fd, to, 0);
  uint32_t flags;
  return result(we_descriptor_flags(fd, &flags)) != 0 ? -1 : fd;
}

int dup3(int fd, int to, int flags) {
  if (fd == to) return result(EINVAL);
  return duplicate_to(fd, to, (flags & O_CLOEXEC) != 0 ? WE_CLOEXEC : 0);
}

/* freopen of wasi-libc moves a descriptor by this. */
int __wasilibc_fd_renumber(int fd, int to) {
  if (duplicate_to(fd, to, 0) < 0) return -1;
  return close(fd);
}

int pipe2(int fds[2], int flags) {
  int32_t ends[2];
  if (result(we_pipe((flags & O_CLOEXEC) != 0 ? WE_CLOEXEC : 0, ends)) != 0) return -1;
  fds[0] = ends[0];
  fds[1] = ends[1];
  if ((flags & O_NONBLOCK) == 0) return 0;
  for (int end = 0; end < 2; end++)
    if (result(__wasi_fd_fdstat_set_flags(fds[end], __WASI_FDFLAGS_NONBLOCK)) != 0) return -1;
  return 0;
}

int pipe(int fds[2]) { return pipe2(fds, 0); }

static int status_flags(int fd) {
  __wasi_fdstat_t status;
  if (result(__wasi_fd_fdstat_get(fd, &status)) != 0) return -1;
  int reads = (status.fs_rights_base & (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR)) != 0;
  int writes = (status.fs_rights_base & __WASI_RIGHTS_FD_WRITE) != 0;
  return status.fs_flags | (reads ? O_RDONLY : 0) | (writes ? O_WRONLY : 0);
}

static int lock(int fd, int command, struct flock *wanted) {
  off_t start = wanted->l_start;
  if (wanted->l_whence == SEEK_CUR) start += lseek(fd, 0, SEEK_CUR);
  struct stat status;
  if (wanted->l_whence == SEEK_END && fstat(fd, &status) == 0) start += status.st_size;
  unsigned type = wanted->l_type == F_RDLCK ? WE_LOCK_READ : wanted->l_type == F_WRLCK ? WE_LOCK_WRITE : WE_UNLOCK;
  if (command != F_GETLK) return result(we_lock(fd, type, start, wanted->l_len, command == F_SETLKW));
  struct we_lock found;
  if (result(we_test_lock(fd, type, start, wanted->l_len, &found)) != 0) return -1;
  wanted->l_type = found.type == WE_LOCK_READ ? F_RDLCK : found.type == WE_LOCK_WRITE ? F_WRLCK : F_UNLCK;
  if (found.type == WE_UNLOCK) return 0;
  wanted->l_whence = SEEK_SET;
  wanted->l_start = found.start;
  wanted->l_len = found.length;
  wanted->l_pid = found.owner;
  return 0;
}

int fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  long argument = va_arg(list, long);
  va_end(list);
  uint32_t flags;
  switch (command) {
    case F_DUPFD:
      return duplicate(fd, argument, 0);
    case F_DUPFD_CLOEXEC:
      return duplicate(fd, argument, WE_CLOEXEC);
    case F_GETFD:
      if (result(we_descriptor_flags(fd, &flags)) != 0) return -1;
      return (flags & WE_CLOEXEC) != 0 ? FD_CLOEXEC : 0;
    case F_SETFD:
      return result(we_set_descriptor_flags(fd, (argument & FD_CLOEXEC) != 0 ? WE_CLOEXEC : 0));
    case F_GETFL:
      return status_flags(fd);
    case F_SETFL:
      return result(__wasi_fd_fdstat_set_flags(fd, argument & 0xfff));
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
      return lock(fd, command, (struct flock *)argument);
    default:
      return result(EINVAL);
  }
}
