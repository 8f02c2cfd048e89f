/* shuf.c - lines in random order.

USE_SHUF(NEWTOY(shuf, "e(echo)i(input-range):n(head-count)#<0=-1o(output):r(repeat)z(zero-terminated)", TOYFLAG_USR|TOYFLAG_BIN))

config SHUF
  bool "shuf"
  default y
  help
    usage: shuf [-erz] [-n COUNT] [-i FROM-TO] [-o FILE] [FILE | ARG...]

    Write lines of the input in random order.

    -e	The arguments are the lines
    -i	The numbers FROM to TO are the lines
    -n	At most COUNT lines
    -o	Write to FILE
    -r	Lines may come more than once
    -z	Lines end with a NUL
*/

#define FOR_shuf
#include "toys.h"

GLOBALS(
  char *o;
  long n;
  char *i;

  char **lines;
  long count;
)

static void add_line(char *line)
{
  if (!(TT.count&255)) TT.lines = xrealloc(TT.lines, (TT.count+256)*sizeof(char *));
  TT.lines[TT.count++] = line;
}

static void take_line(char **pline, long len)
{
  if (!pline) return;
  if (len && (*pline)[len-1]==(FLAG(z) ? 0 : '\n')) (*pline)[len-1] = 0;
  add_line(*pline);
  *pline = 0;
}

static long random_below(long count)
{
  unsigned long number;

  xgetrandom(&number, sizeof(number));

  return number%count;
}

void shuf_main(void)
{
  long from, to, i, at;
  char *line;

  if (FLAG(e)) for (i = 0; i<toys.optc; i++) add_line(toys.optargs[i]);
  else if (TT.i) {
    if (sscanf(TT.i, "%ld-%ld", &from, &to)!=2 || from>to)
      error_exit("bad range '%s'", TT.i);
    while (from<=to) add_line(xmprintf("%ld", from++));
  } else {
    FILE *in = !toys.optc || !strcmp(*toys.optargs, "-") ? stdin : xfopen(*toys.optargs, "r");

    do_lines(fileno(in), FLAG(z) ? 0 : '\n', take_line);
  }
  if (TT.o && !freopen(TT.o, "w", stdout)) perror_exit("%s", TT.o);
  for (i = 0; TT.count && (TT.n<0 ? FLAG(r) || i<TT.count : i<TT.n && (FLAG(r) || i<TT.count)); i++) {
    if (FLAG(r)) line = TT.lines[random_below(TT.count)];
    else {
      at = i+random_below(TT.count-i);
      line = TT.lines[at];
      TT.lines[at] = TT.lines[i];
    }
    xprintf("%s%c", line, FLAG(z) ? 0 : '\n');
  }
}
