/* unexpand.c - blanks to tabs.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/unexpand.html

USE_UNEXPAND(NEWTOY(unexpand, "(first-only)a(all)t(tabs)*", TOYFLAG_USR|TOYFLAG_BIN))

config UNEXPAND
  bool "unexpand"
  default y
  help
    usage: unexpand [-a] [-t TABS] [FILE...]

    Turn blanks at the start of lines into tabs.

    -a	All blanks, not only those at the start of lines
    -t	Tab stops every TABS columns (default 8), or at a list of columns; implies -a
*/

#define FOR_unexpand
#include "toys.h"

GLOBALS(
  struct arg_list *t;

  long *stops, count;
)

// The next tab stop behind column, 0: none.
static long next_stop(long column)
{
  long i;

  if (TT.count==1) return (column/ *TT.stops+1)* *TT.stops;
  for (i = 0; i<TT.count; i++) if (TT.stops[i]>column) return TT.stops[i];

  return 0;
}

// Blanks from one column to another. A single blank before a stop stays a blank, unless tabs follow it.
static void put_blanks(long from, long to, int had_tab)
{
  long stop;

  while (from<to && (stop = next_stop(from)) && stop<=to) {
    if (stop-from==1 && !had_tab && stop==to) break;
    putchar('\t');
    from = stop;
  }
  while (from++<to) putchar(' ');
}

static void do_unexpand(char **pline, long len)
{
  char *line;
  long i, column = 0, start = 0;
  int convert = 1, tab = 0, is_past = 0;

  if (!pline) return;
  line = *pline;
  for (i = 0; i<len; i++) {
    char c = line[i];
    long stop;

    if (convert && isblank(c)) {
      if (c==' ') column++;
      else if ((stop = next_stop(column))) column = stop, tab = 1;
      else is_past = 1;
      if (!is_past) continue;
    }
    put_blanks(start, column, tab);
    if (is_past && isblank(c)) convert = 0;
    putchar(c);
    if (c=='\b') column -= !!column;
    else column++;
    start = column;
    tab = 0;
    if (!isblank(c) && (!FLAG(a) || FLAG(first_only))) convert = 0;
  }
  put_blanks(start, column, tab);
}

void unexpand_main(void)
{
  char *list;

  TT.stops = xzalloc(sizeof(long));
  *TT.stops = 8;
  TT.count = 1;
  if (TT.t) {
    toys.optflags |= FLAG_a;
    TT.count = 0;
    for (; TT.t; TT.t = TT.t->next) for (list = TT.t->arg; *list;) {
      TT.stops = xrealloc(TT.stops, (TT.count+1)*sizeof(long));
      if (1>(TT.stops[TT.count++] = strtol(list, &list, 10))) error_exit("bad tab stop");
      while (*list==',' || *list==' ') list++;
      if (*list && !isdigit(*list)) error_exit("bad tab stop");
    }
  }
  loopfiles_lines(toys.optargs, do_unexpand);
}
