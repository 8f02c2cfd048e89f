/* tr.c - replace, delete or squeeze characters.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/tr.html

USE_TR(NEWTOY(tr, "^<1>2c(complement)Cd(delete)s(squeeze-repeats)t(truncate-set1)", TOYFLAG_USR|TOYFLAG_BIN))

config TR
  bool "tr"
  default y
  help
    usage: tr [-cdst] SET1 [SET2]

    Replace bytes of SET1 by those of SET2, from stdin to stdout.

    -c	All bytes that are not in SET1
    -d	Delete those of SET1
    -s	Squeeze what repeats of the last set into one
    -t	Cut SET1 to the length of SET2

    Sets have ranges (a-z), classes ([:alpha:]), repetitions ([x*3], [x*]),
    equivalents ([=a=]) and escapes (\n, \101).
*/

#define FOR_tr
#include "toys.h"

struct set {
  unsigned char *bytes;
  long len, fill;
};

static char *classes[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
  "upper", "xdigit"};

static int in_class(int class, int c)
{
  int (*tests[])(int) = {isalnum, isalpha, isblank, iscntrl, isdigit, isgraph, islower, isprint, ispunct, isspace,
    isupper, isxdigit};

  return c<128 && tests[class](c);
}

static void add(struct set *set, int c)
{
  if (!(set->len&255)) set->bytes = xrealloc(set->bytes, set->len+256);
  set->bytes[set->len++] = c;
}

// A byte, or an escape of one.
static int next_byte(char **at)
{
  char *s = *at;
  int c = (unsigned char)*s++;

  if (c=='\\' && *s) {
    if (*s>='0' && *s<'8') {
      int i;

      for (c = i = 0; i<3 && *s>='0' && *s<'8'; i++) {
        if (c*8+*s-'0'>255) break;
        c = c*8+*s++-'0';
      }
    } else {
      char *from = "abfnrtv", *to = "\a\b\f\n\r\t\v", *found = strchr(from, *s);

      c = found ? to[found-from] : (unsigned char)*s;
      s++;
    }
  }
  *at = s;

  return c;
}

// [:class:], [=c=] or [c*n]: added, and the text behind it returned; else null.
static char *add_bracket(struct set *set, char *s, int is_second)
{
  char *end;
  long count, i;

  if (s[1]==':' && (end = strstr(s+2, ":]"))) {
    for (i = 0; i<ARRAY_LEN(classes); i++)
      if (strlen(classes[i])==end-s-2 && !strncmp(classes[i], s+2, end-s-2)) {
        int c;

        for (c = 0; c<256; c++) if (in_class(i, c)) add(set, c);

        return end+2;
      }
    error_exit("invalid character class '%.*s'", (int)(end-s-2), s+2);
  }
  if (s[1]=='=' && s[2] && s[3]=='=' && s[4]==']') {
    add(set, (unsigned char)s[2]);

    return s+5;
  }
  if (s[1] && is_second) {
    char *star = s+1;
    int c = next_byte(&star);

    if (*star++=='*') {
      count = strtol(star, &end, *star=='0' ? 8 : 10);
      if (*end==']') {
        // Without a number: as many as it takes.
        if (!count) set->fill = set->len, add(set, c);
        else while (count--) add(set, c);

        return end+1;
      }
    }
  }

  return 0;
}

static void parse_set(struct set *set, char *s, int is_second)
{
  char *after;

  set->fill = -1;
  while (*s) {
    int from, to;

    if (*s=='[' && (after = add_bracket(set, s, is_second))) {
      s = after;
      continue;
    }
    from = next_byte(&s);
    if (*s=='-' && s[1]) {
      s++;
      to = next_byte(&s);
      if (to<from) error_exit("range-endpoints of '%c-%c' are in reverse collating sequence order", from, to);
      while (from<=to) add(set, from++);
    } else add(set, from);
  }
}

static void complement(struct set *set)
{
  char has[256] = {0};
  int i;

  for (i = 0; i<set->len; i++) has[set->bytes[i]] = 1;
  set->len = 0;
  for (i = 0; i<256; i++) if (!has[i]) add(set, i);
}

// The second set is made as long as the first, by what may be repeated in it or by its last byte.
static void stretch(struct set *set, long len)
{
  if (set->fill>=0) while (set->len<len) {
    add(set, 0);
    memmove(set->bytes+set->fill+1, set->bytes+set->fill, set->len-set->fill-1);
  }
  while (set->len<len) add(set, set->bytes[set->len-1]);
}

static int names_case(char *s)
{
  return !strcmp(s, "[:upper:]") || !strcmp(s, "[:lower:]");
}

void tr_main(void)
{
  static unsigned char map[256], in[32768], out[32768];
  char gone[256] = {0}, squeezed[256] = {0};
  struct set one = {0}, two = {0};
  char *first = toys.optargs[0], *second = toys.optargs[1];
  int i, len, to, last = -1;

  if (!second && !(FLAG(d)^FLAG(s)) && !(FLAG(d) && !FLAG(s)))
    error_exit("missing operand after '%s'", first);
  if (FLAG(d) && FLAG(s) && !second) error_exit("missing operand after '%s'", first);
  if (FLAG(d) && !FLAG(s) && second) error_exit("extra operand '%s'", second);
  if (FLAG(C)) toys.optflags |= FLAG_c;

  parse_set(&one, first, 0);
  if (FLAG(c)) complement(&one);
  if (second) parse_set(&two, second, 1);
  for (i = 0; i<256; i++) map[i] = i;
  if (FLAG(d)) for (i = 0; i<one.len; i++) gone[one.bytes[i]] = 1;
  else if (second) {
    if (!two.len && one.len && !FLAG(t)) error_exit("when not truncating set1, string2 must be non-empty");
    if (FLAG(t) && one.len>two.len) one.len = two.len;
    // Both cases are in the order of the alphabet.
    if (!names_case(first) || !names_case(second)) stretch(&two, one.len);
    for (i = 0; i<one.len; i++) map[one.bytes[i]] = two.bytes[minof(i, two.len-1)];
  }
  if (FLAG(s)) {
    struct set *which = second ? &two : &one;

    for (i = 0; i<which->len; i++) squeezed[which->bytes[i]] = 1;
  }

  while (0<(len = read(0, in, sizeof(in)))) {
    for (i = to = 0; i<len; i++) {
      int c = map[in[i]];

      if (gone[in[i]] || (c==last && squeezed[c])) continue;
      out[to++] = last = c;
    }
    xwrite(1, out, to);
  }
}
