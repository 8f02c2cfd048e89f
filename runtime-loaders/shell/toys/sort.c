/* sort.c - sort lines.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/sort.html

USE_SORT(NEWTOY(sort, "(parallel):(random-source):(files0-from):(batch-size):(compress-program):(sort):(check):;(debug)S(buffer-size):T(temporary-directory):m(merge)o(output):k(key)*t(field-separator):V(version-sort)R(random-sort)h(human-numeric-sort)g(general-numeric-sort)b(ignore-leading-blanks)M(month-sort)Ccs(stable)z(zero-terminated)d(dictionary-order)f(ignore-case)i(ignore-nonprinting)r(reverse)u(unique)n(numeric-sort)", TOYFLAG_USR|TOYFLAG_BIN|TOYFLAG_ARGFAIL(2)))

config SORT
  bool "sort"
  default y
  help
    usage: sort [-bCcdfghiMmnRrsuVz] [-k KEY] [-t CHAR] [-o FILE] [FILE...]

    Sort all lines of text from files (or stdin) to stdout.

    -b	Ignore blanks at the start of keys
    -C	Check whether the input is sorted (-c: say where not)
    -d	Compare only blanks, letters and digits
    -f	Ignore case
    -g	By numbers with exponents
    -h	By numbers with suffixes (2K, 1G)
    -i	Compare only what can be printed
    -k	Sort by fields "FIELD[.CHAR][OPTIONS][,FIELD[.CHAR][OPTIONS]]"
    -M	By names of months
    -m	The files are sorted: merge them
    -n	By numbers
    -o	Write to FILE, which may be read, too
    -R	In random order, equal keys together
    -r	Reverse
    -s	Do not compare whole lines where keys are equal
    -t	Character between fields (default: where blanks begin)
    -u	Only the first of equal lines
    -V	By versions
    -z	Lines end with NUL
*/

#define FOR_sort
#include "toys.h"

struct key {
  struct key *next;
  long from, from_char, to, to_char;
  int flags, blanks_from, blanks_to;
};

// The part of a line that the first key names, and its number where that is compared.
struct line {
  char *text, *start;
  unsigned len, part_len;
  double number;
};

GLOBALS(
  char *t;
  struct arg_list *k;
  char *o, *T, *S, *check, *sort, *compress_program, *batch_size, *files0_from, *random_source, *parallel;

  struct key *keys;
  struct line *lines;
  long count, room;
  int end, separator;
  unsigned seed;
)

#define NUMERIC (FLAG_n|FLAG_g|FLAG_h|FLAG_M)
#define ORDER (NUMERIC|FLAG_V|FLAG_R|FLAG_d|FLAG_f|FLAG_i|FLAG_r)

static int flag_of(char c)
{
  char *letters = "nghMVRdfir";
  int flags[] = {FLAG_n, FLAG_g, FLAG_h, FLAG_M, FLAG_V, FLAG_R, FLAG_d, FLAG_f, FLAG_i, FLAG_r};
  char *found = strchr(letters, c);

  return c && found ? flags[found-letters] : 0;
}

static char *key_options(char *s, struct key *key, int *blanks)
{
  for (; *s && *s!=','; s++) {
    if (*s=='b') *blanks = 1;
    else if (flag_of(*s)) key->flags |= flag_of(*s);
    else error_exit("stray character in field spec: invalid field specification '%s'", s);
  }

  return s;
}

static void add_key(char *text)
{
  struct key *key = xzalloc(sizeof(struct key)), **last;
  char *s = text;

  key->from = strtol(s, &s, 10);
  if (key->from<1) error_exit("field number is zero: invalid field specification '%s'", text);
  key->from_char = 1;
  if (*s=='.' && 1>(key->from_char = strtol(s+1, &s, 10)))
    error_exit("character offset is zero: invalid field specification '%s'", text);
  s = key_options(s, key, &key->blanks_from);
  if (*s==',') {
    key->to = strtol(s+1, &s, 10);
    if (key->to<1) error_exit("field number is zero: invalid field specification '%s'", text);
    if (*s=='.') key->to_char = strtol(s+1, &s, 10);
    s = key_options(s, key, &key->blanks_to);
    if (*s) error_exit("stray character in field spec: invalid field specification '%s'", text);
  }
  // A key without options of its own has those of the command.
  if (!key->flags && !key->blanks_from && !key->blanks_to) {
    key->flags = toys.optflags&ORDER;
    key->blanks_from = key->blanks_to = FLAG(b);
  }
  for (last = &TT.keys; *last; last = &(*last)->next);
  *last = key;
}

static char *skip_blanks(char *s, char *end)
{
  while (s<end && (isblank(*s) || *s=='\n')) s++;

  return s;
}

// Where a field ends: at its separator, or where the blanks of the next begin.
static char *field_end(char *s, char *end)
{
  if (TT.separator>=0) {
    char *found = memchr(s, TT.separator, end-s);

    return found ? found : end;
  }
  s = skip_blanks(s, end);
  while (s<end && !isblank(*s)) s++;

  return s;
}

static char *part(struct key *key, char *text, long len, unsigned *part_len)
{
  char *end = text+len, *start = text, *stop = end;
  long i;

  for (i = 1; i<key->from && start<end; i++) {
    start = field_end(start, end);
    if (TT.separator>=0 && start<end) start++;
    else if (TT.separator>=0) break;
  }
  if (key->blanks_from) start = skip_blanks(start, end);
  start += minof(key->from_char-1, end-start);
  if (key->to) {
    stop = text;
    for (i = 1; i<key->to && stop<end; i++) {
      stop = field_end(stop, end);
      if (TT.separator>=0 && stop<end) stop++;
    }
    if (!key->to_char) stop = field_end(stop, end);
    else {
      if (key->blanks_to) stop = skip_blanks(stop, end);
      stop += minof(key->to_char, end-stop);
    }
  }
  *part_len = stop>start ? stop-start : 0;

  return start;
}

static int month(char *s, char *end)
{
  char *names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
  int i;

  s = skip_blanks(s, end);
  for (i = 0; end-s>2 && i<12; i++) if (!strncasecmp(s, names+i*3, 3)) return i+1;

  return 0;
}

// The number that a key begins with. Suffixes come before digits: 1G is more than 900M whatever they say.
static double number(int flags, char *s, unsigned len)
{
  char buf[64], *end = s+len, *at;
  double value;
  int size;

  if (flags&FLAG_M) return month(s, end);
  s = skip_blanks(s, end);
  size = minof(end-s, (int)sizeof(buf)-1);
  memcpy(buf, s, size);
  buf[size] = 0;
  if (flags&FLAG_g) {
    value = strtod(buf, &at);

    return at==buf ? -INFINITY : value;
  }
  // No exponents, no hexadecimal numbers.
  for (at = buf+(*buf=='-'); isdigit(*at) || *at=='.'; at++);
  if ((flags&FLAG_h) && *at && at>buf) {
    char *suffixes = "KMGTPEZYRQ", *found = strchr(suffixes, *at=='k' ? 'K' : *at);

    size = found ? found-suffixes+1 : 0;
  } else size = 0;
  *at = 0;
  value = atof(buf);
  if (size && value) value = (value<0 ? -1 : 1)*(size*1e15+fabs(value));

  return value;
}

// Numbers of more digits than a double has.
static int compare_digits(char *a, long a_len, char *b, long b_len)
{
  char *a_end = a+a_len, *b_end = b+b_len;
  long i = 0, j = 0;
  int negative, rc;

  a = skip_blanks(a, a_end);
  b = skip_blanks(b, b_end);
  if (a==a_end || b==b_end) return 0;
  negative = *a=='-';
  if (negative != (*b=='-')) return 0;
  a += negative;
  b += negative;
  while (a<a_end && *a=='0') a++;
  while (b<b_end && *b=='0') b++;
  while (a+i<a_end && isdigit(a[i])) i++;
  while (b+j<b_end && isdigit(b[j])) j++;
  if (i<15 && j<15) return 0;
  if (!(rc = (i>j)-(i<j))) rc = memcmp(a, b, i);

  return negative ? -rc : rc;
}

// Runs of digits by value, what is no digit by letters; ~ before all, even the end.
static int version_rank(char *s, char *end)
{
  if (s==end || isdigit(*s)) return 0;
  if (*s=='~') return -1;

  return isalpha(*s) ? (unsigned char)*s : (unsigned char)*s+256;
}

static int compare_versions(char *a, long a_len, char *b, long b_len)
{
  char *a_end = a+a_len, *b_end = b+b_len;
  int first, rc;

  while (a<a_end || b<b_end) {
    while ((a<a_end && !isdigit(*a)) || (b<b_end && !isdigit(*b))) {
      if ((rc = version_rank(a, a_end)-version_rank(b, b_end))) return rc;
      a++;
      b++;
    }
    while (a<a_end && *a=='0') a++;
    while (b<b_end && *b=='0') b++;
    for (first = 0; a<a_end && isdigit(*a) && b<b_end && isdigit(*b); a++, b++) if (!first) first = *a-*b;
    if (a<a_end && isdigit(*a)) return 1;
    if (b<b_end && isdigit(*b)) return -1;
    if (first) return first;
  }

  return 0;
}

static unsigned hash(char *s, long len)
{
  unsigned value = TT.seed;

  while (len--) value = (value^(unsigned char)*s++)*16777619;

  return value^(value>>15);
}

// Of what is compared, as -d, -f and -i say.
static int next_char(char **s, char *end, int flags)
{
  while (*s<end) {
    int c = (unsigned char)*(*s)++;

    if ((flags&FLAG_d) && !isblank(c) && !isalnum(c)) continue;
    if ((flags&FLAG_i) && (c<32 || c>126)) continue;

    return (flags&FLAG_f) ? toupper(c) : c;
  }

  return -1;
}

static int compare_parts(int flags, char *a, unsigned a_len, double a_number, char *b, unsigned b_len, double b_number)
{
  char *a_end = a+a_len, *b_end = b+b_len;
  int rc, x, y;

  if (flags&NUMERIC) {
    rc = (a_number>b_number)-(a_number<b_number);

    return rc || !(flags&FLAG_n) ? rc : compare_digits(a, a_len, b, b_len);
  }
  if (flags&FLAG_V) return compare_versions(a, a_len, b, b_len);
  if (flags&FLAG_R) {
    unsigned h = hash(a, a_len), i = hash(b, b_len);

    if (h != i) return h>i ? 1 : -1;
  }
  if (!(flags&(FLAG_d|FLAG_f|FLAG_i))) {
    rc = memcmp(a, b, minof(a_len, b_len));

    return rc ? rc : (a_len>b_len)-(a_len<b_len);
  }
  do {
    x = next_char(&a, a_end, flags);
    y = next_char(&b, b_end, flags);
  } while (x==y && x>=0);

  return x-y;
}

// By keys alone.
static int compare_keys(struct line *a, struct line *b)
{
  struct key *key = TT.keys;
  int rc = compare_parts(key->flags, a->start, a->part_len, a->number, b->start, b->part_len, b->number);

  while (!rc && key->next) {
    unsigned a_len, b_len;
    char *x, *y;

    key = key->next;
    x = part(key, a->text, a->len, &a_len);
    y = part(key, b->text, b->len, &b_len);
    rc = compare_parts(key->flags, x, a_len, key->flags&NUMERIC ? number(key->flags, x, a_len) : 0,
      y, b_len, key->flags&NUMERIC ? number(key->flags, y, b_len) : 0);
  }

  return key->flags&FLAG_r ? -rc : rc;
}

static int compare_lines(struct line *a, struct line *b)
{
  int rc = compare_keys(a, b);

  if (rc || FLAG(s) || FLAG(u)) return rc;
  if (!(rc = memcmp(a->text, b->text, minof(a->len, b->len)))) rc = (a->len>b->len)-(a->len<b->len);

  return FLAG(r) ? -rc : rc;
}

static void add_line(char *text, long len)
{
  struct line *line;

  if (TT.count==TT.room) TT.lines = xrealloc(TT.lines, (TT.room = TT.room ? TT.room*2 : 1024)*sizeof(struct line));
  line = TT.lines+TT.count++;
  line->text = text;
  line->len = len;
  line->start = part(TT.keys, text, len, &line->part_len);
  if (TT.keys->flags&NUMERIC) line->number = number(TT.keys->flags, line->start, line->part_len);
}

// The whole file stays in memory; lines point into it.
static void read_lines(int fd, char *name)
{
  long size = 0, room = 0;
  char *text = 0, *at, *found;
  int len;

  for (;;) {
    if (size+1>=room) text = xrealloc(text, room = room ? room*2 : 65536);
    if (0>(len = read(fd, text+size, room-size-1))) {
      perror_msg("read failed: %s", name);
      toys.exitval = 2;
    }
    if (len<1) break;
    size += len;
  }
  for (at = text; at<text+size; at = found+1) {
    if (!(found = memchr(at, TT.end, text+size-at))) found = text+size;
    add_line(at, found-at);
  }
}

static void merge_sort(struct line *lines, struct line *spare, long count)
{
  long half = count/2, i, j, to;

  if (count<2) return;
  merge_sort(lines, spare, half);
  merge_sort(lines+half, spare, count-half);
  if (compare_lines(lines+half-1, lines+half)<=0) return;
  memcpy(spare, lines, half*sizeof(struct line));
  for (i = to = 0, j = half; i<half; to++)
    lines[to] = j<count && compare_lines(spare+i, lines+j)>0 ? lines[j++] : spare[i++];
}

static int check_order(char *name)
{
  long i;

  for (i = 1; i<TT.count; i++) {
    int rc = compare_lines(TT.lines+i-1, TT.lines+i);

    if (rc<0 || (!rc && !FLAG(u))) continue;
    if (!FLAG(C) && (!TT.check || (strcmp(TT.check, "quiet") && strcmp(TT.check, "silent"))))
      error_msg("%s:%ld: disorder: %.*s", name, i+1, TT.lines[i].len, TT.lines[i].text);

    return 1;
  }

  return 0;
}

static void put_lines(void)
{
  long i;

  if (TT.o && !freopen(TT.o, "w", stdout)) perror_exit("open failed: %s", TT.o);
  for (i = 0; i<TT.count; i++) {
    if (i && FLAG(u) && !compare_keys(TT.lines+i-1, TT.lines+i)) {
      // The first of equal lines stays the one they are compared with.
      TT.lines[i] = TT.lines[i-1];
      continue;
    }
    fwrite(TT.lines[i].text, 1, TT.lines[i].len, stdout);
    putchar(TT.end);
  }
}

static void add_name(char **pline, long len)
{
  if (!pline) return;
  toys.optargs = xrealloc(toys.optargs, (toys.optc+2)*sizeof(char *));
  toys.optargs[toys.optc++] = *pline;
  toys.optargs[toys.optc] = 0;
  *pline = 0;
}

void sort_main(void)
{
  struct arg_list *al;
  int i;

  toys.exitval = 2;
  if (TT.sort) {
    char *names[] = {"numeric", "general-numeric", "human-numeric", "month", "version", "random"};
    int flags[] = {FLAG_n, FLAG_g, FLAG_h, FLAG_M, FLAG_V, FLAG_R};

    for (i = 0; i<ARRAY_LEN(names); i++) if (!strcmp(TT.sort, names[i])) toys.optflags |= flags[i];
  }
  if (TT.t) {
    if (!*TT.t) error_exit("empty tab");
    if (TT.t[1] && strcmp(TT.t, "\\0")) error_exit("multi-character tab '%s'", TT.t);
  }
  TT.separator = !TT.t ? -1 : TT.t[1] ? 0 : (unsigned char)*TT.t;
  TT.end = FLAG(z) ? 0 : '\n';
  xgetrandom(&TT.seed, sizeof(TT.seed));
  for (al = TT.k; al; al = al->next) add_key(al->arg);
  if (!TT.keys) add_key("1");
  if (TT.files0_from) {
    toys.optargs = 0;
    toys.optc = 0;
    do_lines(strcmp(TT.files0_from, "-") ? xopenro(TT.files0_from) : 0, 0, add_name);
  }
  toys.exitval = 0;
  for (i = 0; i<toys.optc; i++) if (strcmp(toys.optargs[i], "-") && access(toys.optargs[i], R_OK)) {
    toys.exitval = 2;
    perror_exit("cannot read: %s", toys.optargs[i]);
  }
  loopfiles(toys.optargs, read_lines);
  if (FLAG(c) || FLAG(C) || FLAG(check)) {
    toys.exitval = check_order(toys.optc ? *toys.optargs : "-");

    return;
  }
  merge_sort(TT.lines, xmalloc((TT.count/2+1)*sizeof(struct line)), TT.count);
  put_lines();
}
