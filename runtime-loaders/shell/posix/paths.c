/* Paths. wasi-libc looks a path up among the directories a program was given, from descriptor 3 on; here there is one
 * tree, whose root is kept open far above the descriptors that scripts use, and a working directory, kept as text.
 * Every path goes to the root's descriptor as an absolute one. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <posix.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>
#include "directories.h"

/* Where the root's descriptor goes, if limits allow. */
static const int root_places[] = {1000, 250, 60};

static int root = -1;
static char *working;
static size_t working_length;

static void note_working_directory(void) {
  size_t length = 0;
  we_current_directory(NULL, 0, &length);
  char *path = realloc(working, length + 1);
  if (path == NULL) return;
  working = path;
  if (we_current_directory(working, length, &length) != 0) length = 0;
  working[length] = 0;
  working_length = length;
}

/* Before any other constructor opens a file. */
__attribute__((constructor(50))) static void take_root(void) {
  __wasi_prestat_t preopen;
  for (int fd = 3; __wasi_fd_prestat_get(fd, &preopen) == 0; fd++) {
    // It was inherited, and is the program's.
    if (preopen.tag != __WASI_PREOPENTYPE_DIR) continue;
    char name[2];
    int is_root = root < 0 && preopen.u.dir.pr_name_len == 1 &&
                  __wasi_fd_prestat_dir_name(fd, (uint8_t *)name, 1) == 0 && name[0] == '/';
    for (size_t place = 0; is_root && root < 0 && place < sizeof root_places / sizeof *root_places; place++)
      if (we_duplicate(fd, root_places[place], WE_CLOEXEC, &root) != 0) root = -1;
    (void)!__wasi_fd_close(fd);
  }
  note_working_directory();
}

/* ── what wasi-libc asks for ── */

void __wasilibc_populate_preopens(void) {}
void __wasilibc_reset_preopens(void) {}

int __wasilibc_register_preopened_fd(int fd, const char *prefix) {
  errno = ENOTSUP;
  return -1;
}

int __wasilibc_find_abspath(const char *path, const char **prefix, const char **relative) {
  *prefix = "";
  *relative = path;
  return root;
}

int __wasilibc_find_relpath(const char *path, const char **prefix, char **relative, size_t length) {
  const char *absolute = posix_absolute(path);
  if (absolute == NULL) return -1;
  *prefix = "";
  *relative = (char *)absolute;
  return root;
}

int __wasilibc_find_relpath_alloc(const char *path, const char **prefix, char **relative, size_t *length,
                                  int can_grow) {
  return __wasilibc_find_relpath(path, prefix, relative, 0);
}

/* ── from text to text ── */

/* Two, for calls that take two paths. */
static char *buffers[2];
static size_t sizes[2];
static unsigned last;

static const char *join(const char *directory, size_t length, const char *path) {
  size_t rest = strlen(path);
  if (rest >= PATH_MAX) {
    errno = ENAMETOOLONG;
    return NULL;
  }
  last = !last;
  size_t needed = length + rest + 2;
  if (sizes[last] < needed) {
    char *larger = realloc(buffers[last], needed + 128);
    if (larger == NULL) return NULL;
    buffers[last] = larger;
    sizes[last] = needed + 128;
  }
  char *end = buffers[last];
  memcpy(end, directory, length);
  end += length;
  if (length > 0 && end[-1] != '/') *end++ = '/';
  memcpy(end, path, rest + 1);
  return buffers[last];
}

const char *posix_absolute(const char *path) {
  if (path[0] == '/') return path;
  if (path[0] == 0) {
    errno = ENOENT;
    return NULL;
  }
  return join(working, working_length, path);
}

const char *posix_absolute_at(int directory, const char *path) {
  if (directory == AT_FDCWD || path[0] == '/') return posix_absolute(path);
  const char *known = directory_path(directory);
  return known == NULL ? NULL : join(known, strlen(known), path);
}

/* ── the working directory ── */

int chdir(const char *path) {
  const char *absolute = posix_absolute(path);
  if (absolute == NULL) return -1;
  int error = we_change_directory(absolute, strlen(absolute));
  if (error != 0) {
    errno = error;
    return -1;
  }
  note_working_directory();
  return 0;
}

int fchdir(int fd) {
  const char *path = directory_path(fd);
  if (path != NULL) return chdir(path);
  __wasi_fdstat_t status;
  errno = __wasi_fd_fdstat_get(fd, &status) == 0 ? ENOTDIR : EBADF;
  return -1;
}

char *getcwd(char *buffer, size_t size) {
  if (buffer == NULL) return strdup(working);
  if (size > working_length) return memcpy(buffer, working, working_length + 1);
  errno = size == 0 ? EINVAL : ERANGE;
  return NULL;
}

char *get_current_dir_name(void) { return strdup(working); }
