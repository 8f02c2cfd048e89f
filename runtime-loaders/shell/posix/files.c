/* Files by path: modes and owners, which preview 1 does not know, and directories as places to start from. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <posix.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wasi/api.h>
#include "directories.h"
#include "result.h"
#include "users.h"

int __real_open(const char *, int, ...);
int __real_mkdir(const char *, mode_t);
int __real_fstatat(int, const char *, struct stat *, int);
int __real_fstat(int, struct stat *);
int __real_unlinkat(int, const char *, int);
int __real_linkat(int, const char *, int, const char *, int);
int __real_renameat(int, const char *, int, const char *);
int __real_symlinkat(const char *, int, const char *);
ssize_t __real_readlinkat(int, const char *, char *, size_t);
int __real_utimensat(int, const char *, const struct timespec[2], int);
DIR *__real_opendirat(int, const char *);

static mode_t mask;
static int mask_known;

static mode_t current_mask(void) {
  uint32_t before;
  if (!mask_known) {
    we_umask(022, &before);
    we_umask(before, &mask);
    mask = before;
    mask_known = 1;
  }
  return mask;
}

mode_t umask(mode_t wanted) {
  uint32_t before = 0;
  we_umask(wanted & 0777, &before);
  mask = wanted & 0777;
  mask_known = 1;
  return before;
}

/* ── stat ── */

/* Of what is in no tree: pipes, terminals, devices, /proc. */
static mode_t usual_mode(mode_t type) {
  switch (type & S_IFMT) {
    case S_IFDIR:
      return 0755;
    case S_IFLNK:
    case S_IFSOCK:
      return 0777;
    case S_IFCHR:
      return 0666;
    case S_IFREG:
      return 0644;
    default:
      return 0600;
  }
}

static void complete(struct stat *status, int error, uint32_t mode) {
  // A stream has no type in preview 1: pipes are told as "unknown".
  if ((status->st_mode & S_IFMT) == 0) status->st_mode |= S_IFIFO;
  status->st_mode = (status->st_mode & S_IFMT) | (error == 0 ? mode & 07777 : usual_mode(status->st_mode));
  status->st_uid = USER_ID;
  status->st_gid = USER_ID;
  status->st_blksize = 4096;
  if (S_ISDIR(status->st_mode)) status->st_size = 4096;
  status->st_blocks = (status->st_size + 511) / 512;
}

static mode_t type_of(__wasi_filetype_t type) {
  switch (type) {
    case __WASI_FILETYPE_DIRECTORY:
      return S_IFDIR;
    case __WASI_FILETYPE_SYMBOLIC_LINK:
      return S_IFLNK;
    case __WASI_FILETYPE_SOCKET_STREAM:
    case __WASI_FILETYPE_SOCKET_DGRAM:
      return S_IFSOCK;
    default:
      return S_IFREG;
  }
}

static struct timespec time_of(__wasi_timestamp_t ns) {
  return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

/* Of what is in the tree, at the price of one call; ENOTSUP: it is not. */
static int stat_in_tree(const char *absolute, struct stat *status, int flags) {
  __wasi_filestat_t found;
  uint32_t mode;
  int error = we_status(absolute, strlen(absolute), (flags & AT_SYMLINK_NOFOLLOW) == 0, &found, &mode);
  if (error != 0) return error;
  *status = (struct stat){
      .st_dev = found.dev,
      .st_ino = found.ino,
      .st_nlink = found.nlink,
      .st_mode = type_of(found.filetype),
      .st_size = found.size,
      .st_atim = time_of(found.atim),
      .st_mtim = time_of(found.mtim),
      .st_ctim = time_of(found.ctim),
  };
  complete(status, 0, mode);
  return 0;
}

static int stat_path(const char *absolute, struct stat *status, int flags) {
  int error = stat_in_tree(absolute, status, flags);
  if (error != ENOTSUP) return result(error);
  if (__real_fstatat(AT_FDCWD, absolute, status, flags) != 0) return -1;
  uint32_t mode = 0;
  error = we_mode(absolute, strlen(absolute), (flags & AT_SYMLINK_NOFOLLOW) == 0, &mode);
  complete(status, error, mode);
  return 0;
}

int __wrap_stat(const char *path, struct stat *status) {
  const char *absolute = posix_absolute(path);
  return absolute == NULL ? -1 : stat_path(absolute, status, 0);
}

int __wrap_lstat(const char *path, struct stat *status) {
  const char *absolute = posix_absolute(path);
  return absolute == NULL ? -1 : stat_path(absolute, status, AT_SYMLINK_NOFOLLOW);
}

int __wrap_fstat(int fd, struct stat *status) {
  if (__real_fstat(fd, status) != 0) return -1;
  uint32_t mode = 0;
  complete(status, we_descriptor_mode(fd, &mode), mode);
  return 0;
}

int __wrap_fstatat(int directory, const char *path, struct stat *status, int flags) {
  if (path[0] == 0 && (flags & AT_EMPTY_PATH) != 0) return __wrap_fstat(directory, status);
  const char *absolute = posix_absolute_at(directory, path);
  if (absolute != NULL) return stat_path(absolute, status, flags & AT_SYMLINK_NOFOLLOW);
  if (__real_fstatat(directory, path, status, flags & AT_SYMLINK_NOFOLLOW) != 0) return -1;
  complete(status, ENOENT, 0);
  return 0;
}

/* Everything belongs to the one user. */
int __wrap_faccessat(int directory, const char *path, int wanted, int flags) {
  struct stat status;
  if (__wrap_fstatat(directory, path, &status, flags & AT_SYMLINK_NOFOLLOW) != 0) return -1;
  mode_t allowed = status.st_mode >> 6 & 7;
  return (wanted & ~allowed & 7) == 0 ? 0 : result(EACCES);
}

int __wrap_access(const char *path, int wanted) { return __wrap_faccessat(AT_FDCWD, path, wanted, 0); }
int eaccess(const char *path, int wanted) { return __wrap_faccessat(AT_FDCWD, path, wanted, 0); }
int euidaccess(const char *path, int wanted) { return __wrap_faccessat(AT_FDCWD, path, wanted, 0); }

/* ── modes and owners ── */

int __wrap_chmod(const char *path, mode_t mode) {
  const char *absolute = posix_absolute(path);
  return absolute == NULL ? -1 : result(we_change_mode(absolute, strlen(absolute), mode));
}

int __wrap_fchmod(int fd, mode_t mode) { return result(we_change_descriptor_mode(fd, mode)); }

int __wrap_fchmodat(int directory, const char *path, mode_t mode, int flags) {
  const char *absolute = posix_absolute_at(directory, path);
  if (absolute == NULL) return -1;
  if ((flags & AT_SYMLINK_NOFOLLOW) == 0) return __wrap_chmod(absolute, mode);
  struct stat status;
  if (stat_path(absolute, &status, AT_SYMLINK_NOFOLLOW) != 0) return -1;
  return S_ISLNK(status.st_mode) ? result(ENOTSUP) : __wrap_chmod(absolute, mode);
}

int lchmod(const char *path, mode_t mode) { return __wrap_fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW); }

int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags) {
  struct stat status;
  if (__wrap_fstatat(directory, path, &status, flags) != 0) return -1;
  int same = (user == (uid_t)-1 || user == USER_ID) && (group == (gid_t)-1 || group == USER_ID);
  return same ? 0 : result(EPERM);
}

int chown(const char *path, uid_t user, gid_t group) { return fchownat(AT_FDCWD, path, user, group, 0); }
int lchown(const char *path, uid_t user, gid_t group) {
  return fchownat(AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW);
}
int fchown(int fd, uid_t user, gid_t group) { return fchownat(fd, "", user, group, AT_EMPTY_PATH); }

/* ── making and opening ── */

static int open_absolute(const char *path, int flags, mode_t mode) {
  int wasi = flags & ~(O_CLOEXEC | O_PATH);
  // O_RDONLY is a bit of its own in preview 1.
  if ((wasi & (O_RDWR | O_EXEC | O_SEARCH)) == 0) wasi |= O_RDONLY;
  struct stat before;
  int makes = (flags & O_CREAT) != 0 && (mode & 0777) != 0666 &&
              ((flags & O_EXCL) != 0 || __real_fstatat(AT_FDCWD, path, &before, 0) != 0);
  int fd = __real_open(path, wasi);
  if (fd < 0) return -1;
  if (makes) we_change_mode(path, strlen(path), mode & 07777 & ~current_mask());
  if ((flags & O_CLOEXEC) != 0) we_set_descriptor_flags(fd, WE_CLOEXEC);
  if ((flags & O_CREAT) == 0 && (wasi & O_WRONLY) == 0) {
    __wasi_fdstat_t status;
    if (__wasi_fd_fdstat_get(fd, &status) == 0 && status.fs_filetype == __WASI_FILETYPE_DIRECTORY)
      directory_opened(fd, path);
  }
  return fd;
}

#define MODE_ARGUMENT(mode) \
  mode_t mode = 0; \
  if ((flags & O_CREAT) != 0) { \
    va_list list; \
    va_start(list, flags); \
    mode = va_arg(list, mode_t); \
    va_end(list); \
  }

int __wrap_open(const char *path, int flags, ...) {
  MODE_ARGUMENT(mode)
  const char *absolute = posix_absolute(path);
  return absolute == NULL ? -1 : open_absolute(absolute, flags, mode);
}

int __wrap_openat(int directory, const char *path, int flags, ...) {
  MODE_ARGUMENT(mode)
  const char *absolute = posix_absolute_at(directory, path);
  return absolute == NULL ? result(EBADF) : open_absolute(absolute, flags, mode);
}

DIR *__wrap_opendirat(int directory, const char *path) {
  int fd = __wrap_openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return NULL;
  DIR *opened = fdopendir(fd);
  if (opened == NULL) close(fd);
  return opened;
}

DIR *__wrap_opendir(const char *path) { return __wrap_opendirat(AT_FDCWD, path); }

int __wrap_mkdirat(int directory, const char *path, mode_t mode) {
  const char *absolute = posix_absolute_at(directory, path);
  if (absolute == NULL) return result(EBADF);
  if (__real_mkdir(absolute, mode) != 0) return -1;
  if ((mode & 07777) == 0777) return 0;
  return result(we_change_mode(absolute, strlen(absolute), mode & 07777 & ~current_mask()));
}

int __wrap_mkdir(const char *path, mode_t mode) { return __wrap_mkdirat(AT_FDCWD, path, mode); }

/* Named pipes and devices are in no tree here. */
int mknodat(int directory, const char *path, mode_t mode, dev_t device) {
  if (!S_ISREG(mode) && (mode & S_IFMT) != 0) return result(EPERM);
  int fd = __wrap_openat(directory, path, O_CREAT | O_EXCL | O_WRONLY, mode);
  return fd < 0 ? -1 : close(fd);
}
int mknod(const char *path, mode_t mode, dev_t device) { return mknodat(AT_FDCWD, path, mode, device); }
int mkfifo(const char *path, mode_t mode) { return mknod(path, S_IFIFO | mode, 0); }
int mkfifoat(int directory, const char *path, mode_t mode) { return mknodat(directory, path, S_IFIFO | mode, 0); }

/* ── names from a directory on ── */

int __wrap_unlinkat(int directory, const char *path, int flags) {
  const char *absolute = posix_absolute_at(directory, path);
  return absolute == NULL ? result(EBADF) : __real_unlinkat(AT_FDCWD, absolute, flags);
}

int __wrap_linkat(int from, const char *path, int to, const char *name, int flags) {
  const char *old = posix_absolute_at(from, path);
  const char *new = posix_absolute_at(to, name);
  if (old == NULL || new == NULL) return result(EBADF);
  return __real_linkat(AT_FDCWD, old, AT_FDCWD, new, flags);
}

int __wrap_renameat(int from, const char *path, int to, const char *name) {
  const char *old = posix_absolute_at(from, path);
  const char *new = posix_absolute_at(to, name);
  if (old == NULL || new == NULL) return result(EBADF);
  return __real_renameat(AT_FDCWD, old, AT_FDCWD, new);
}

int __wrap_symlinkat(const char *target, int directory, const char *path) {
  const char *absolute = posix_absolute_at(directory, path);
  return absolute == NULL ? result(EBADF) : __real_symlinkat(target, AT_FDCWD, absolute);
}

ssize_t __wrap_readlinkat(int directory, const char *path, char *buffer, size_t size) {
  const char *absolute = posix_absolute_at(directory, path);
  return absolute == NULL ? result(EBADF) : __real_readlinkat(AT_FDCWD, absolute, buffer, size);
}

int __wrap_utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
  const char *absolute = posix_absolute_at(directory, path);
  return absolute == NULL ? result(EBADF) : __real_utimensat(AT_FDCWD, absolute, times, flags);
}
