/* nl.c - number lines.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/nl.html

USE_NL(NEWTOY(nl, "b(body-numbering):d(section-delimiter):f(footer-numbering):h(header-numbering):i(line-increment)#=1l(join-blank-lines)#<1=1n(number-format):p(no-renumber)s(number-separator):v(starting-line-number)#=1w(number-width)#<1=6", TOYFLAG_USR|TOYFLAG_BIN))

config NL
  bool "nl"
  default y
  help
    usage: nl [-p] [-b STYLE] [-f STYLE] [-h STYLE] [-i NUM] [-l NUM] [-n FORMAT] [-s TEXT] [-v NUM] [-w NUM] [FILE...]

    Number the lines of files.

    -b	Which lines: a (all), t (not empty, default), n (none), pREGEX (that match); -h: of headers, -f: of footers
    -d	Two characters that begin the lines between sections (default \:)
    -i	Add NUM each time
    -l	Number only the last of so many empty lines
    -n	ln (left), rn (right, default), rz (with zeroes)
    -p	Do not begin again at each page
    -s	What stands behind the number (default tab)
    -v	First number
    -w	Width of numbers
*/

#define FOR_nl
#include "toys.h"

GLOBALS(
  long w, v;
  char *s, *n;
  long l, i;
  char *h, *f, *d, *b;

  struct style {int kind; regex_t pattern;} styles[3];
  long number, empty;
  int section;
)

static void parse_style(struct style *style, char *text)
{
  style->kind = *text;
  if (!strchr("atnp", *text) || !*text) error_exit("invalid numbering style '%s'", text);
  if (*text=='p') xregcomp(&style->pattern, text+1, REG_NOSUB);
}

// Lines of one, two or three delimiters begin a footer, the body, a page's header.
static int is_section_line(char *line)
{
  char *d = TT.d ? : "\\:";
  int count = 0, len = strlen(d);

  if (!len) return 0;
  while (!strncmp(line, d, len)) line += len, count++;
  if (*line || count<1 || count>3) return 0;
  TT.section = 3-count;
  if (!TT.section && !FLAG(p)) TT.number = TT.v;
  if (count && !FLAG(p)) TT.number = TT.v;

  return 1;
}

static void do_nl(char **pline, long len)
{
  struct style *style;
  char *line, *format = TT.n ? : "rn";
  int numbered;

  if (!pline) return;
  line = *pline;
  if (len && line[len-1]=='\n') line[--len] = 0;
  if (is_section_line(line)) {
    putchar('\n');

    return;
  }
  // 0: header, 1: body, 2: footer
  style = TT.styles+TT.section;
  if (style->kind=='a') {
    numbered = len || ++TT.empty>=TT.l;
    if (numbered) TT.empty = 0;
  } else if (style->kind=='t') numbered = len>0;
  else numbered = style->kind=='p' && !regexec(&style->pattern, line, 0, 0, 0);
  if (numbered) {
    printf(!strcmp(format, "ln") ? "%-*ld" : !strcmp(format, "rz") ? "%0*ld" : "%*ld", (int)TT.w, TT.number);
    printf("%s%s\n", TT.s ? : "\t", line);
    TT.number += TT.i;
  } else printf("%*s%s%s\n", (int)TT.w, "", TT.s ? : "\t", line);
}

void nl_main(void)
{
  parse_style(TT.styles, TT.h ? : "n");
  parse_style(TT.styles+1, TT.b ? : "t");
  parse_style(TT.styles+2, TT.f ? : "n");
  TT.number = TT.v;
  TT.section = 1;
  loopfiles_lines(toys.optargs, do_nl);
}
