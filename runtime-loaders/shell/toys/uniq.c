/* uniq.c - repeated lines.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/uniq.html

USE_UNIQ(NEWTOY(uniq, ">2(group):;(all-repeated):;D""f(skip-fields)#<0s(skip-chars)#<0w(check-chars)#<0z(zero-terminated)i(ignore-case)c(count)d(repeated)u(unique)", TOYFLAG_USR|TOYFLAG_BIN))

config UNIQ
  bool "uniq"
  default y
  help
    usage: uniq [-cdDuiz] [-w MAXCHARS] [-f FIELDS] [-s CHARS] [INFILE [OUTFILE]]

    Leave out lines that are as the line before.

    -c	Show how often each line stands there
    -d	Only lines that are repeated
    -D	All of them (--all-repeated=none, prepend, separate)
    -u	Only lines that are not repeated
    -i	Ignore case
    -w	Compare at most so many characters
    -f	Skip so many fields
    -s	Skip so many characters
    -z	Lines end with NUL
    --group	All lines, an empty one between groups (=separate, prepend, append, both)
*/

#define FOR_uniq
#include "toys.h"

GLOBALS(
  long w, s, f;
  char *all_repeated, *group;

  int end, groups;
)

// What is compared of a line, and its length.
static char *part(char *line, long *len)
{
  char *end = line+*len;
  long i;

  for (i = 0; i<TT.f; i++) {
    while (line<end && isblank(*line)) line++;
    while (line<end && !isblank(*line)) line++;
  }
  for (i = 0; i<TT.s && line<end; i++) line++;
  *len = end-line;
  if (FLAG(w) && *len>TT.w) *len = TT.w;

  return line;
}

static int is_same(char *a, long a_len, char *b, long b_len)
{
  a = part(a, &a_len);
  b = part(b, &b_len);

  return a_len==b_len && !(FLAG(i) ? strncasecmp(a, b, a_len) : memcmp(a, b, a_len));
}

static void put(char *line, long len)
{
  fwrite(line, 1, len, stdout);
  putchar(TT.end);
}

static int is_mode(char *mode, char *name)
{
  return mode && strstart(&mode, name);
}

// A group is complete: its first line, how many it has.
static void put_group(char *line, long len, long count)
{
  if (FLAG(d) && count<2) return;
  if (FLAG(u) && count>1) return;
  if (FLAG(c)) printf("%7ld ", count);
  put(line, len);
}

// The next line without its end; -1: there is none.
static long next_line(FILE *in, char **line, size_t *size)
{
  ssize_t len = getdelim(line, size, TT.end, in);

  if (len>0 && (*line)[len-1]==TT.end) len--;

  return len;
}

// With --group and -D every line of a group is shown.
static void show_all(FILE *in)
{
  char *line = 0, *last = 0;
  size_t size = 0, last_size = 0;
  long len, last_len = -1, count = 0;
  int between = is_mode(TT.all_repeated, "separate") || (FLAG(group) && !is_mode(TT.group, "prepend")
    && !is_mode(TT.group, "append")), before = is_mode(TT.all_repeated, "prepend")
    || is_mode(TT.group, "prepend") || is_mode(TT.group, "both");

  while (0<=(len = next_line(in, &line, &size))) {
    int same = last_len>=0 && is_same(line, len, last, last_len);

    if (!same) count = 0;
    if (++count==(FLAG(group) ? 1 : 2)) {
      if (before ? !is_mode(TT.group, "both") || !TT.groups : between && TT.groups) putchar(TT.end);
      if (FLAG(group) && (is_mode(TT.group, "append") || is_mode(TT.group, "both")) && TT.groups) putchar(TT.end);
      TT.groups++;
      if (!FLAG(group)) put(last, last_len);
    }
    if (FLAG(group) || count>1) put(line, len);
    char *t = line;
    size_t ts = size;
    line = last;
    size = last_size;
    last = t;
    last_size = ts;
    last_len = len;
  }
  if (TT.groups && (is_mode(TT.group, "append") || is_mode(TT.group, "both"))) putchar(TT.end);
}

static void show_firsts(FILE *in)
{
  char *line = 0, *first = 0, *t;
  size_t size = 0, first_size = 0, ts;
  long len, first_len = -1, count = 0;

  while (0<=(len = next_line(in, &line, &size))) {
    if (count && is_same(line, len, first, first_len)) {
      count++;
      continue;
    }
    if (count) put_group(first, first_len, count);
    t = line, line = first, first = t;
    ts = size, size = first_size, first_size = ts;
    first_len = len;
    count = 1;
  }
  if (count) put_group(first, first_len, count);
}

void uniq_main(void)
{
  FILE *in = stdin;

  if (toys.optc>0 && strcmp(*toys.optargs, "-")) in = xfopen(*toys.optargs, "r");
  if (toys.optc>1 && strcmp(toys.optargs[1], "-") && !freopen(toys.optargs[1], "w", stdout))
    perror_exit("%s", toys.optargs[1]);
  TT.end = FLAG(z) ? 0 : '\n';
  if (FLAG(D) || FLAG(all_repeated) || FLAG(group)) show_all(in);
  else show_firsts(in);
}
