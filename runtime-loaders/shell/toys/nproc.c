/* nproc.c - how many processors there are.

USE_NPROC(NEWTOY(nproc, "(all)", TOYFLAG_USR|TOYFLAG_BIN))

config NPROC
  bool "nproc"
  default y
  help
    usage: nproc [--all]

    Print the number of processors: a process has one.
*/

#include "toys.h"

void nproc_main(void)
{
  puts("1");
}
