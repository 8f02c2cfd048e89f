/* tac.c - lines in reverse order.

USE_TAC(NEWTOY(tac, "b(before)r(regex)s(separator):", TOYFLAG_USR|TOYFLAG_BIN))

config TAC
  bool "tac"
  default y
  help
    usage: tac [-b] [-s SEPARATOR] [FILE...]

    Output lines of each file in reverse order.

    -b	The separator stands before what it belongs to
    -s	Separator instead of the end of a line
*/

#define FOR_tac
#include "toys.h"

GLOBALS(
  char *s;
)

static void do_tac(int fd, char *name)
{
  off_t size = 0, room = 0, at, end;
  char *text = 0;
  long step = strlen(TT.s);
  int len;

  for (;;) {
    if (size==room) text = xrealloc(text, room = room ? room*2 : 65536);
    if (0>(len = read(fd, text+size, room-size))) perror_msg_raw(name);
    if (len<1) break;
    size += len;
  }
  for (at = end = size; at>0; at--) {
    if (at<step || memcmp(text+at-step, TT.s, step)) continue;
    // Before: a record begins with its separator; else it ends with it.
    if (FLAG(b)) {
      fwrite(text+at-step, 1, end-at+step, stdout);
      end = at -= step;
      at++;
    } else if (at<size) {
      fwrite(text+at, 1, end-at, stdout);
      end = at;
    }
  }
  fwrite(text, 1, end, stdout);
  free(text);
}

void tac_main(void)
{
  if (!TT.s || !*TT.s) TT.s = "\n";
  loopfiles(toys.optargs, do_tac);
}
