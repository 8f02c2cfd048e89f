/* numfmt.c - numbers as people read them, and back.

USE_NUMFMT(NEWTOY(numfmt, "(from):(to):(suffix):(padding)#(round):(header):;(field):(invalid):(grouping)(from-unit)#<1=1(to-unit)#<1=1(format):d(delimiter):z(zero-terminated)", TOYFLAG_USR|TOYFLAG_BIN))

config NUMFMT
  bool "numfmt"
  default y
  help
    usage: numfmt [--from UNIT] [--to UNIT] [--field LIST] [NUMBER...]

    Rewrite numbers, of each line of stdin where none are given

    -d CHAR	Character between fields (default blanks)
    --field	Which fields: N, N-, N-M, a list of these, or - (default 1)
    --from, --to	Letters of the input, of the output: none, si (1K = 1000),
    		iec (1K = 1024), iec-i (1Ki = 1024), auto (either)
    --from-unit, --to-unit	Size of one
    --format	As of printf: "%'10.2f"
    --header[=N]	The first N lines stay as they are (default 1)
    --invalid	What is no number: abort, fail, warn, ignore
    --padding	Width; negative: aligned at the left
    --round	up, down, from-zero (default), towards-zero, nearest
    --suffix	Text behind each number
*/

#define FOR_numfmt
#include "toys.h"
#include <math.h>

GLOBALS(
  char *d;
  char *format;
  long to_unit, from_unit;
  char *invalid, *field, *header, *round;
  long padding;
  char *suffix, *to, *from;
)

static const char letters[] = "KMGTPEZYRQ";

static void bad(char *text)
{
  char *what = TT.invalid ? : "abort";
  int was;

  if (!strcmp(what, "ignore")) return;
  if (strcmp(what, "warn")) toys.exitval = 2;
  if (!strcmp(what, "abort")) error_exit("invalid number: '%s'", text);
  was = toys.exitval;
  error_msg("invalid number: '%s'", text);
  toys.exitval = was;
}

// A number with its letter; 0: it is none.
static int parse(char *text, double *value)
{
  char *end, *from = TT.from ? : "none", *letter;
  int base = !strncmp(from, "iec", 3) ? 1024 : 1000;

  *value = strtod(text, &end);
  if (end==text) return 0;
  while (isspace(*end)) end++;
  if (TT.suffix && strend(end, TT.suffix)) end[strlen(end)-strlen(TT.suffix)] = 0;
  if (*end && strcmp(from, "none") && (letter = strchr(letters, toupper(*end)))) {
    end++;
    if (*end=='i' && (!strcmp(from, "iec-i") || !strcmp(from, "auto"))) {
      base = 1024;
      end++;
    } else if (!strcmp(from, "iec-i")) return 0;
    *value *= pow(base, letter-letters+1);
  }
  *value *= TT.from_unit;

  return !*end;
}

static double rounded(double value, int digits)
{
  double scale = pow(10, digits);
  char *how = TT.round ? : "from-zero";

  value *= scale;
  // What binary fractions leave over is no reason to round up.
  if (fabs(value-round(value))<1e-9) value = round(value);
  else if (!strcmp(how, "up")) value = ceil(value);
  else if (!strcmp(how, "down")) value = floor(value);
  else if (!strcmp(how, "towards-zero")) value = trunc(value);
  else if (!strcmp(how, "nearest")) value = round(value);
  else value = value<0 ? floor(value) : ceil(value);

  return value/scale;
}

// As text into buf, without padding.
static void print_number(char *buf, double value, int digits)
{
  char *to = TT.to ? : "none";
  int power = 0, base = strncmp(to, "iec", 3) ? 1000 : 1024;

  value /= TT.to_unit;
  if (strcmp(to, "none")) {
    while (fabs(value)>=base && power<strlen(letters)) {
      value /= base;
      power++;
    }
    value = rounded(value, digits>=0 ? digits : power && fabs(value)<10);
    if (fabs(value)>=base && power<strlen(letters)) {
      value = rounded(value/base, 1);
      power++;
    }
    if (digits<0) digits = power && fabs(value)<10;
  } else if (digits>=0) value = rounded(value, digits);
  else {
    // As many as there are.
    sprintf(buf, "%.*f", 6, value);
    for (digits = 6; digits && buf[strlen(buf)-1-(6-digits)]=='0'; digits--);
  }
  buf += sprintf(buf, "%.*f", digits, value);
  if (power) {
    *buf++ = letters[power-1];
    if (!strcmp(to, "iec-i")) *buf++ = 'i';
  }
  strcpy(buf, TT.suffix ? : "");
}

// Commas between thousands.
static void group(char *buf)
{
  char *start = buf+(*buf=='-'), *end = start;
  int len;

  while (isdigit(*end)) end++;
  for (len = end-start-3; len>0; len -= 3) {
    memmove(start+len+1, start+len, strlen(start+len)+1);
    start[len] = ',';
  }
}

// One field; `blanks`: how many stood before it, which it keeps its right edge with.
static void do_field(char *text, int blanks)
{
  char buf[512], *before = "", *after = "";
  double value;
  long width = TT.padding;
  int digits = -1, grouped = FLAG(grouping), zero = 0;

  if (TT.format) {
    char *s = strchr(before = xstrdup(TT.format), '%');

    if (!s) error_exit("bad --format");
    *s++ = 0;
    for (; *s && strchr("'0-", *s) && !(isdigit(*s) && *s!='0'); s++) {
      if (*s=='\'') grouped = 1;
      else if (*s=='0') zero = 1;
      else if (isdigit(s[1])) break;
    }
    if (*s=='-' || isdigit(*s)) width = strtol(s, &s, 10);
    if (*s=='.') digits = strtol(s+1, &s, 10);
    if (*s++!='f') error_exit("bad --format");
    after = s;
  }
  if (!parse(text, &value)) {
    bad(text);
    xprintf("%*s%s", blanks, "", text);

    return;
  }
  print_number(buf, value, digits);
  if (grouped) group(buf);
  if (!width && blanks>1) width = blanks+strlen(text);
  else if (blanks) putchar(' ');
  xprintf("%s", before);
  if (zero && width>0) for (; width>strlen(buf); width--) putchar('0');
  xprintf("%*s%s", (int)width, buf, after);
}

static int is_wanted(long field)
{
  char *s = TT.field ? : "1";

  if (!strcmp(s, "-")) return 1;
  while (*s) {
    long from = *s=='-' ? 1 : strtol(s, &s, 10), to = from;

    if (*s=='-') to = isdigit(*++s) ? strtol(s, &s, 10) : LONG_MAX;
    if (field>=from && field<=to) return 1;
    if (*s && *s++!=',') error_exit("bad --field");
  }

  return 0;
}

static void do_line(char *line)
{
  long field;
  char *s = line, *start;
  int blanks, delimiter = TT.d ? *TT.d : 0, was;

  for (field = 1; ; field++) {
    for (start = s; !delimiter && isspace(*s); s++);
    if (!*s && field>1 && !delimiter) break;
    blanks = s-start;
    start = s;
    while (*s && (delimiter ? *s!=delimiter : !isspace(*s))) s++;
    was = *s;
    *s = 0;
    if (is_wanted(field)) do_field(start, blanks);
    else printf("%*s%s", blanks, "", start);
    *s = was;
    if (!was) break;
    if (delimiter) putchar(*s++);
  }
}

void numfmt_main(void)
{
  long header = FLAG(header) ? TT.header && *TT.header ? atolx(TT.header) : 1 : 0;
  int end = FLAG(z) ? 0 : '\n';
  char *line = 0, **arg;
  size_t size = 0;
  ssize_t len;

  // The column stays where it was only where blanks make it one.
  if (*toys.optargs) for (arg = toys.optargs; *arg; arg++) {
    do_line(*arg);
    putchar(end);
  } else while (0<(len = getdelim(&line, &size, end, stdin))) {
    int whole = line[len-1]==end;

    if (whole) line[len-1] = 0;
    if (header-->0) xprintf("%s", line);
    else do_line(line);
    if (whole) putchar(end);
  }
}
