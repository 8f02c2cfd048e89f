/* xargs.c - run a command with arguments taken from stdin.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/xargs.html

USE_XARGS(NEWTOY(xargs, "^a(arg-file):d(delimiter):E:I:J:L(max-lines)#<1P(max-procs)#<0=1n(max-args)#<1s(max-chars)#<1o(open-tty)p(interactive)r(no-run-if-empty)t(verbose)x(exit)0(null)i:;l:;e:;", TOYFLAG_USR|TOYFLAG_BIN))

config XARGS
  bool "xargs"
  default y
  help
    usage: xargs [-0oprtx] [-a FILE] [-d CHAR] [-E STR] [-I STR] [-L LINES] [-n ARGS] [-P PROCESSES] [-s BYTES] [COMMAND...]

    Run COMMAND (default echo) with arguments from stdin, as often as it takes.

    -0	Arguments end with NUL; no blanks, no quotes
    -a	Read FILE instead of stdin
    -d	Arguments end with CHAR; no blanks, no quotes
    -E	Stop at STR
    -I	Run COMMAND for each line, which stands where STR is in it
    -L	Lines for each run
    -n	Arguments for each run
    -o	COMMAND reads the terminal (default: nothing)
    -P	Runs at the same time (0: all)
    -p	Ask before each run
    -r	No run without arguments
    -s	Bytes for each run
    -t	Show each command
*/

#define FOR_xargs
#include "toys.h"

GLOBALS(
  char *e, *l, *i;
  long s, n, P, L;
  char *J, *I, *E, *d, *a;

  FILE *in, *tty;
  char **words;
  long count, bytes, lines, running;
  int delim, at_end, line_ended;
)

static long words_bytes(char **words)
{
  long bytes = 0;

  for (; *words; words++) bytes += strlen(*words)+1;

  return bytes;
}

static void add_byte(char **word, long *len, int c)
{
  if (!(*len&63)) *word = xrealloc(*word, *len+64);
  (*word)[(*len)++] = c;
}

// The next argument, null at the end. Sets line_ended where a newline ends its line.
static char *next_word(void)
{
  char *word = 0;
  long len = 0;
  int c, quote = 0, is_word = 0, last = 0;

  TT.line_ended = 0;
  for (;;) {
    if (EOF==(c = getc(TT.in))) {
      TT.at_end = 1;
      if (quote) error_exit("unmatched %s quote", quote=='"' ? "double" : "single");
      break;
    }
    if (TT.delim>=0) {
      if (c==TT.delim) {
        is_word = TT.line_ended = 1;
        break;
      }
    } else if (quote) {
      if (c=='\n') error_exit("unmatched %s quote", quote=='"' ? "double" : "single");
      if (c==quote) {
        quote = 0;
        continue;
      }
    } else if (c=='"' || c=='\'') {
      quote = c;
      is_word = 1;
      continue;
    } else if (c=='\n') {
      // A blank before the newline: the line goes on.
      if (FLAG(L) && isblank(last)) last = 0;
      else if (is_word || FLAG(L)) TT.line_ended = 1;
      if (is_word || (TT.line_ended && TT.count)) break;
      continue;
    } else if (isblank(c) && !FLAG(I)) {
      last = c;
      if (is_word) break;
      continue;
    } else if (isblank(c) && !is_word) continue;
    else if (c=='\\') {
      if (EOF==(c = getc(TT.in))) break;
    }
    last = 0;
    is_word = 1;
    add_byte(&word, &len, c);
  }
  if (!is_word) return 0;
  // The newline behind blanks belongs to this word.
  if (c==' ' || c=='\t') {
    while (isblank(c = getc(TT.in)));
    if (c=='\n' && !FLAG(L)) TT.line_ended = 1;
    else if (c != EOF) ungetc(c, TT.in);
  }
  add_byte(&word, &len, 0);
  if (TT.E && !strcmp(word, TT.E)) {
    TT.at_end = 1;

    return 0;
  }

  return word;
}

// Waits for one child, or with `all` until none runs.
static void reap(int all)
{
  int status;

  while (TT.running && (all || !TT.P || TT.running>=TT.P)) {
    if (0>waitpid(-1, &status, 0)) {
      if (errno==EINTR) continue;
      break;
    }
    TT.running--;
    if (!WIFEXITED(status)) {
      error_msg("terminated by signal %d", WTERMSIG(status));
      toys.exitval = 125;
      TT.at_end = 2;
    } else if (WEXITSTATUS(status)==255) {
      error_msg("exited with status 255; aborting");
      toys.exitval = 124;
      TT.at_end = 2;
    } else if (WEXITSTATUS(status)) toys.exitval = 123;
    if (!all) break;
  }
}

static void run(char **argv)
{
  int ends[] = {-1, 1}, i;

  if (FLAG(t) || FLAG(p)) {
    for (i = 0; argv[i]; i++) fprintf(stderr, "%s%s", " "+!i, argv[i]);
    fprintf(stderr, FLAG(p) ? " ?..." : "\n");
    if (FLAG(p)) {
      if (!TT.tty) TT.tty = xfopen("/dev/tty", "re");
      if (!fyesno(TT.tty, 0)) return;
    }
  }
  if (TT.P) reap(0);
  if (TT.at_end==2) return;
  ends[0] = FLAG(a) ? 0 : xopen(FLAG(o) ? "/dev/tty" : "/dev/null", O_RDONLY|O_CLOEXEC);
  if (0>spawn_child(argv, ends, 0, 0)) {
    toys.exitval = 126+(errno==ENOENT);
    perror_msg("%s", *argv);
    TT.at_end = 2;
  } else TT.running++;
  if (ends[0]) close(ends[0]);
}

// The command with what was collected behind it.
static void run_collected(void)
{
  char **argv = xzalloc((toys.optc+TT.count+1)*sizeof(char *));

  memcpy(argv, toys.optargs, toys.optc*sizeof(char *));
  memcpy(argv+toys.optc, TT.words, TT.count*sizeof(char *));
  run(argv);
  free(argv);
  while (TT.count) free(TT.words[--TT.count]);
  TT.bytes = TT.lines = 0;
}

// The command with a line wherever TT.I is in its words.
static void run_replaced(char *line)
{
  char **argv = xzalloc((toys.optc+1)*sizeof(char *));
  int i;

  for (i = 0; i<toys.optc; i++) {
    char *from = toys.optargs[i], *found, *out = xstrdup("");

    while ((found = strstr(from, TT.I))) {
      char *next = xmprintf("%s%.*s%s", out, (int)(found-from), from, line);

      free(out);
      out = next;
      from = found+strlen(TT.I);
    }
    argv[i] = xmprintf("%s%s", out, from);
    free(out);
  }
  run(argv);
  while (i) free(argv[--i]);
  free(argv);
}

void xargs_main(void)
{
  static char *echo[] = {"echo", 0};
  long bytes_max = TT.s ? TT.s : 131072, fixed, ran = 0;
  char *word;

  if (FLAG(i)) TT.I = TT.i ? : "{}", toys.optflags |= FLAG_I;
  if (FLAG(l)) TT.L = TT.l ? atolx(TT.l) : 1, toys.optflags |= FLAG_L;
  if (FLAG(e)) TT.E = TT.e;
  TT.delim = FLAG(0) ? 0 : -1;
  if (FLAG(d)) {
    char *s = TT.d;

    TT.delim = *s=='\\' && s[1] ? unescape2(&s, 0) : *s;
  }
  TT.in = TT.a ? xfopen(TT.a, "re") : stdin;
  if (!toys.optc) {
    toys.optargs = echo;
    toys.optc = 1;
  }
  fixed = words_bytes(toys.optargs);

  while (!TT.at_end) {
    if (!(word = next_word())) {
      if (TT.line_ended && TT.count && FLAG(L) && ++TT.lines>=TT.L) run_collected(), ran++;
      continue;
    }
    if (FLAG(I)) {
      run_replaced(word);
      free(word);
      continue;
    }
    if (fixed+TT.bytes+strlen(word)+1>bytes_max) {
      if (!TT.count) error_exit("argument line too long");
      run_collected();
      ran++;
    }
    if (!(TT.count&63)) TT.words = xrealloc(TT.words, (TT.count+64)*sizeof(char *));
    TT.words[TT.count++] = word;
    TT.bytes += strlen(word)+1;
    if (TT.line_ended) TT.lines++;
    if ((TT.n && TT.count>=TT.n) || (TT.L && TT.lines>=TT.L)) run_collected(), ran++;
  }
  if (TT.at_end != 2 && !FLAG(I) && (TT.count || (!ran && !FLAG(r)))) run_collected();
  reap(1);
}
