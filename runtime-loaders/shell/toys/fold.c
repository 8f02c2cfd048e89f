/* fold.c - wrap lines to a width.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/fold.html

USE_FOLD(NEWTOY(fold, "b(bytes)s(spaces)w(width)#<1=80", TOYFLAG_USR|TOYFLAG_BIN))

config FOLD
  bool "fold"
  default y
  help
    usage: fold [-bs] [-w WIDTH] [FILE...]

    Break lines longer than WIDTH (default 80) columns.

    -b	Count bytes instead of columns
    -s	Break behind a space where there is one
    -w	Columns of a line
*/

#define FOR_fold
#include "toys.h"

GLOBALS(
  long w;
)

// The column behind c.
static long after(char c, long column)
{
  if (FLAG(b)) return column+1;
  if (c=='\b') return column ? column-1 : 0;
  if (c=='\r') return 0;
  if (c=='\t') return (column|7)+1;
  // What continues a UTF-8 sequence takes no column.
  return column+((c&0xc0)!=0x80);
}

static void do_fold(char **pline, long len)
{
  char *line;
  long start = 0, i, column = 0, space = 0;

  if (!pline) return;
  line = *pline;
  for (i = 0; i<len && line[i]!='\n'; i++) {
    long next = after(line[i], column);

    if (next>TT.w && i>start) {
      long end = FLAG(s) && space>start ? space : i;

      fwrite(line+start, 1, end-start, stdout);
      putchar('\n');
      for (column = 0, start = end; end<i; end++) column = after(line[end], column);
      next = after(line[i], column);
    }
    column = next;
    if (isblank(line[i])) space = i+1;
  }
  fwrite(line+start, 1, len-start, stdout);
}

void fold_main(void)
{
  loopfiles_lines(toys.optargs, do_fold);
}
