/* cut.c - parts of lines.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/cut.html

USE_CUT(NEWTOY(cut, "(complement)O(output-delimiter):b(bytes)*c(characters)*d(delimiter):f(fields)*ns(only-delimited)z(zero-terminated)[!bcf]", TOYFLAG_USR|TOYFLAG_BIN))

config CUT
  bool "cut"
  default y
  help
    usage: cut -b LIST | -c LIST | -f LIST [-d DELIM] [-O DELIM] [-sz] [--complement] [FILE...]

    Print selected parts of each line.

    -b	Bytes, -c characters, -f fields of LIST: 3, 3-5, -3, 3-, separated by commas
    -d	Character between fields (default tab)
    -O	What the output has between parts (default as the input; --output-delimiter)
    -s	Skip lines without delimiters
    -z	Lines end with NUL
    --complement	All but these
*/

#define FOR_cut
#include "toys.h"

struct range {
  long from, to;
};

GLOBALS(
  struct arg_list *f;
  char *d;
  struct arg_list *c, *b;
  char *O;

  struct range *ranges;
  int count, delim, end;
)

static int by_start(const void *a, const void *b)
{
  const struct range *x = a, *y = b;

  return (x->from>y->from)-(x->from<y->from);
}

static void parse_list(char *list)
{
  char *item, *s;
  int len;

  while ((item = comma_iterate(&list, &len))) {
    struct range *range;

    TT.ranges = xrealloc(TT.ranges, (TT.count+1)*sizeof(*TT.ranges));
    range = TT.ranges+TT.count++;
    if (!len) error_exit("fields are numbered from 1");
    range->from = *item=='-' ? 1 : strtol(item, &s, 10);
    if (*item=='-') s = item;
    if (!range->from) error_exit("fields are numbered from 1");
    if (s==item+len) range->to = range->from;
    else {
      if (*s!='-' || len==1) error_exit("invalid range '%.*s'", len, item);
      range->to = ++s==item+len ? LONG_MAX : strtol(s, &s, 10);
      if (s!=item+len) error_exit("invalid range '%.*s'", len, item);
      if (range->to<range->from) error_exit("invalid decreasing range");
    }
  }
}

// Is part number n selected? *starts: a range begins with it.
static int is_selected(long n, int *starts)
{
  int i, found = 0;

  *starts = 0;
  for (i = 0; i<TT.count; i++) if (TT.ranges[i].from<=n && n<=TT.ranges[i].to) {
    if (!found && TT.ranges[i].from==n) *starts = 1;
    // Ranges that touch are one, but for a separator between them.
    else if (TT.ranges[i].from<n) *starts = 0;
    found = 1;
  }

  return found^!!FLAG(complement);
}

static void cut_fields(char *line, long len)
{
  long n = 1, start = 0, i;
  int any = 0, starts;

  if (!memchr(line, TT.delim, len)) {
    if (FLAG(s)) return;
    fwrite(line, 1, len, stdout);
    putchar(TT.end);

    return;
  }
  for (i = 0; i<=len; i++) {
    if (i<len && line[i]!=TT.delim) continue;
    if (is_selected(n++, &starts)) {
      if (any++) {
        if (TT.O) fputs(TT.O, stdout);
        else putchar(TT.delim);
      }
      fwrite(line+start, 1, i-start, stdout);
    }
    start = i+1;
  }
  putchar(TT.end);
}

static void cut_characters(char *line, long len)
{
  long n = 1, i, last = 0, size;
  int any = 0, starts;

  for (i = 0; i<len; i += size, n++) {
    for (size = 1; FLAG(c) && i+size<len && (line[i+size]&0xc0)==0x80; size++);
    if (!is_selected(n, &starts)) continue;
    if (TT.O && any && (starts || last!=n-1)) fputs(TT.O, stdout);
    any = 1;
    last = n;
    fwrite(line+i, 1, size, stdout);
  }
  putchar(TT.end);
}

static void do_line(char **pline, long len)
{
  if (!pline) return;
  if (len && (*pline)[len-1]==TT.end) len--;
  (FLAG(f) ? cut_fields : cut_characters)(*pline, len);
}

static void do_cut(int fd, char *name)
{
  do_lines(fd, TT.end, do_line);
}

void cut_main(void)
{
  struct arg_list *al = TT.f ? : TT.c ? : TT.b;

  if (!al) error_exit("you must specify a list of bytes, characters, or fields");
  for (; al; al = al->next) parse_list(al->arg);
  qsort(TT.ranges, TT.count, sizeof(*TT.ranges), by_start);
  if (!FLAG(f) && (TT.d || FLAG(s))) error_exit("%s makes sense with fields alone", TT.d ? "-d" : "-s");
  if (TT.d && *TT.d && TT.d[1]) error_exit("the delimiter must be a single character");
  TT.delim = TT.d ? *TT.d : '\t';
  TT.end = FLAG(z) ? 0 : '\n';
  loopfiles_rw(toys.optargs, O_RDONLY|WARN_ONLY, 0, do_cut);
}
