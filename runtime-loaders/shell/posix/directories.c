#include "directories.h"
#include <stdlib.h>
#include <string.h>

static struct directory {
  int fd;
  char *path;
} *table;
static size_t used, room;

static struct directory *find(int fd) {
  for (size_t index = 0; index < used; index++)
    if (table[index].fd == fd) return &table[index];
  return NULL;
}

const char *directory_path(int fd) {
  struct directory *found = find(fd);
  return found == NULL ? NULL : found->path;
}

void directory_opened(int fd, const char *path) {
  directory_closed(fd);
  if (used == room) {
    struct directory *larger = realloc(table, (room + 16) * sizeof *table);
    if (larger == NULL) return;
    table = larger;
    room += 16;
  }
  char *copy = strdup(path);
  if (copy != NULL) table[used++] = (struct directory){fd, copy};
}

void directory_duplicated(int fd, int copy) {
  const char *path = directory_path(fd);
  if (path == NULL) directory_closed(copy);
  else if (fd != copy) directory_opened(copy, path);
}

void directory_closed(int fd) {
  struct directory *found = find(fd);
  if (found == NULL) return;
  free(found->path);
  *found = table[--used];
}
