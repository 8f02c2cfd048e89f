/* rev.c - characters of each line in reverse order.

USE_REV(NEWTOY(rev, 0, TOYFLAG_USR|TOYFLAG_BIN))

config REV
  bool "rev"
  default y
  help
    usage: rev [FILE...]

    Output each line with its characters reversed.
*/

#include "toys.h"

static void do_rev(char **pline, long len)
{
  char *line;
  long end, start;

  if (!pline) return;
  line = *pline;
  for (end = len-(len && line[len-1]=='\n'); end>0; end = start) {
    for (start = end-1; start>0 && (line[start]&0xc0)==0x80; start--);
    fwrite(line+start, 1, end-start, stdout);
  }
  if (len && line[len-1]=='\n') putchar('\n');
}

void rev_main(void)
{
  loopfiles_lines(toys.optargs, do_rev);
}
