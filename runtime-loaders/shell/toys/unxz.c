/* unxz.c - decompress .xz files; there is nothing here that compresses to it.

USE_UNXZ(NEWTOY(unxz, "c(stdout)d(decompress)f(force)k(keep)", TOYFLAG_USR|TOYFLAG_BIN))
USE_XZ(OLDTOY(xz, unxz, TOYFLAG_USR|TOYFLAG_BIN))

config UNXZ
  bool "unxz"
  default y
  help
    usage: unxz [-cfk] [FILE...]

    Decompress FILE.xz to FILE, which takes its place; stdin to stdout where there is none.
    xz -d does the same; xz cannot compress.

    -c	To stdout, and keep the input
    -f	Overwrite what is there
    -k	Keep the input

config XZ
  bool "xz"
  default y
  help
    See unxz
*/

#define FOR_unxz
#include "toys.h"

void do_xzcat(int fd, char *name);

static void do_unxz(int fd, char *name)
{
  char *to;
  int out;

  if (!fd || FLAG(c)) {
    do_xzcat(fd, name);
    fflush(stdout);

    return;
  }
  if (!(to = strend(name, ".xz")) && !strend(name, ".txz")) {
    error_msg("%s: unknown suffix", name);

    return;
  }
  to = to ? xstrndup(name, to-name) : xmprintf("%.*star", (int)strlen(name)-3, name);
  out = open(to, O_WRONLY|O_CREAT|(FLAG(f) ? O_TRUNC : O_EXCL), 0644);
  if (out<0) {
    perror_msg_raw(to);

    return;
  }
  dup2(out, 1);
  close(out);
  do_xzcat(fd, name);
  if (fflush(stdout)) perror_exit_raw(to);
  if (!FLAG(k)) unlink(name);
  free(to);
}

void unxz_main(void)
{
  if (!strcmp(toys.which->name, "xz") && !FLAG(d)) error_exit("only xz -d works here; gzip compresses");
  loopfiles(toys.optargs, do_unxz);
}
