/* csplit.c - split a file where patterns say.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/csplit.html

USE_CSPLIT(NEWTOY(csplit, "<2(suppress-matched)b(suffix-format):f(prefix):k(keep-files)n(digits)#<1s(silent)(quiet)z(elide-empty-files)", TOYFLAG_USR|TOYFLAG_BIN))

config CSPLIT
  bool "csplit"
  default y
  help
    usage: csplit [-ksz] [-f PREFIX] [-b FORMAT] [-n DIGITS] FILE PATTERN...

    Split FILE ("-": stdin) into xx00, xx01 ... and print their sizes

    LINE	Up to but not including this line
    /REGEX/[OFFSET]	Up to but not including the line that matches
    %REGEX%[OFFSET]	The same, but this part is left out
    {N}, {*}	The pattern before it, N times more, or as often as it can be

    -b	Suffix as of printf (default %02d)
    -k	Keep files after an error
    -s	Do not print sizes
    -z	No empty files
    --suppress-matched	Leave out the lines that match
*/

#define FOR_csplit
#include "toys.h"

GLOBALS(
  long n;
  char *f, *b;

  char **lines;
  long *lens, count, at, made;
)

static char *name_of(long number)
{
  char *suffix = TT.b ? xmprintf(TT.b, (int)number)
    : xmprintf("%0*ld", TT.n ? (int)TT.n : 2, number);
  char *name = xmprintf("%s%s", TT.f ? : "xx", suffix);

  free(suffix);

  return name;
}

static void fail(char *why, char *what)
{
  if (!FLAG(k)) while (TT.made) unlink(name_of(--TT.made));
  error_exit("%s: %s", what, why);
}

// Lines up to `end` go into the next file, or nowhere.
static void put(long end, int skip)
{
  long long size = 0;
  char *name;
  FILE *fp;

  if (end<TT.at) end = TT.at;
  if (!skip && (end>TT.at || !FLAG(z))) {
    fp = xfopen(name = name_of(TT.made++), "w");
    for (; TT.at<end; TT.at++) {
      fwrite(TT.lines[TT.at], 1, TT.lens[TT.at], fp);
      size += TT.lens[TT.at];
    }
    if (fclose(fp)) perror_exit_raw(name);
    if (!FLAG(s)) xprintf("%lld\n", size);
    free(name);
  }
  TT.at = end;
}

// One pattern, once; 0: there is no such line, which may be how repeating ends.
static int split(char *pattern, long times, int may_end)
{
  char *end, *text;
  long line, offset = 0;
  regex_t reg;
  int found = 0;

  if (isdigit(*pattern)) {
    line = atolx_range(pattern, 1, LONG_MAX)*(times+1)-1;
    if (line>TT.count || (line==TT.count && may_end)) return 0;
    if (line<TT.at) fail("line number is not larger than the one before", pattern);
    put(line, 0);
    if (FLAG(suppress_matched) && TT.at<TT.count) TT.at++;

    return 1;
  }
  if (!strchr("/%", *pattern) || !(end = strrchr(pattern+1, *pattern))) fail("bad pattern", pattern);
  text = xstrndup(pattern+1, end-pattern-1);
  if (end[1]) offset = strtol(end+1, &end, 10);
  xregcomp(&reg, text, 0);
  free(text);
  // Not at the line that the part before ended at.
  for (line = TT.at+!!(times || TT.at)*!FLAG(suppress_matched); line<TT.count && !found; line++) {
    char *s = TT.lines[line];
    long len = TT.lens[line];
    int last = len && s[len-1]=='\n';

    if (last) s[len-1] = 0;
    found = !regexec(&reg, s, 0, 0, 0);
    if (last) s[len-1] = '\n';
  }
  regfree(&reg);
  if (!found) return 0;
  line += offset-1;
  if (line<0 || line>TT.count) fail("line number out of range", pattern);
  put(line, *pattern=='%');
  if (FLAG(suppress_matched) && TT.at<TT.count) TT.at++;

  return 1;
}

void csplit_main(void)
{
  FILE *fp = strcmp(*toys.optargs, "-") ? xfopen(*toys.optargs, "r") : stdin;
  char **arg = toys.optargs+1, *line = 0;
  size_t size = 0;
  ssize_t len;

  while (0<(len = getline(&line, &size, fp))) {
    if (!(TT.count&255)) {
      TT.lines = xrealloc(TT.lines, (TT.count+256)*sizeof(char *));
      TT.lens = xrealloc(TT.lens, (TT.count+256)*sizeof(long));
    }
    TT.lens[TT.count] = len;
    TT.lines[TT.count++] = line;
    line = 0;
    size = 0;
  }
  for (; *arg; arg++) {
    long times = 0, more = 0;
    char *pattern = *arg;

    if (arg[1] && *arg[1]=='{') {
      more = arg[1][1]=='*' ? LONG_MAX : atol(arg[1]+1);
      arg++;
    }
    for (; times<=more; times++) if (!split(pattern, times, more==LONG_MAX && times)) {
      if (more==LONG_MAX && times) break;
      // What is left is written before the error is told, as GNU does for -k.
      if (FLAG(k) && *pattern!='%') put(TT.count, 0);
      fail(isdigit(*pattern) ? "line number out of range" : "match not found", pattern);
    }
  }
  put(TT.count, 0);
}
