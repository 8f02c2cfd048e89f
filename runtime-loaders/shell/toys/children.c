/* children.c - start programs: there is no fork, so a child is described before it is made. */
#include "toys.h"
#include <wasm-elements.h>

// Words as the kernel takes them: one behind the other, each with its NUL.
static char *join_words(char **words, size_t *length)
{
  char *joined, *to;
  int i;

  for (*length = i = 0; words[i]; i++) *length += strlen(words[i])+1;
  to = joined = xmalloc(*length+1);
  for (i = 0; words[i]; i++) to = stpcpy(to, words[i])+1;

  return joined;
}

// Start argv[0], found in PATH, with ends[0] and ends[1] as its stdin and stdout (null: ours, and all else that is
// open), in directory dir (null: ours). Returns its pid, or -1 with errno set.
pid_t spawn_child(char **argv, int *ends, char *dir, int flags)
{
  struct we_descriptor fds[] = {{0, ends ? ends[0] : 0}, {1, ends ? ends[1] : 1}, {2, 2}};
  struct we_spawn request = {.path = *argv, .path_length = strlen(*argv), .flags = WE_SPAWN_ENVIRONMENT};
  int32_t pid;

  fflush(0);
  if (!strchr(*argv, '/')) request.flags |= WE_SPAWN_SEARCH;
  request.args = join_words(argv, &request.args_length);
  request.env = join_words(environ, &request.env_length);
  if (ends) {
    request.flags |= WE_SPAWN_DESCRIPTORS;
    request.fds = fds;
    request.fd_count = 3;
  }
  if (dir) {
    request.flags |= WE_SPAWN_DIRECTORY;
    request.cwd = dir;
    request.cwd_length = strlen(dir);
  }
  if (flags&SPAWN_GROUP) request.flags |= WE_SPAWN_GROUP;
  if (flags&SPAWN_SESSION) request.flags |= WE_SPAWN_SESSION;
  errno = we_spawn(&request, &pid);
  free((void *)request.args);
  free((void *)request.env);

  return errno ? -1 : pid;
}
