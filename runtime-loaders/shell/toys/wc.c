/* wc.c - count lines, words, characters and bytes.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/wc.html

USE_WC(NEWTOY(wc, "(files0-from):L(max-line-length)c(bytes)m(chars)w(words)l(lines)", TOYFLAG_USR|TOYFLAG_BIN|TOYFLAG_LOCALE))

config WC
  bool "wc"
  default y
  help
    usage: wc [-Lclmw] [FILE...]

    Count lines, words, and bytes of files.

    -L	Columns of the longest line
    -c	Bytes
    -l	Lines
    -m	Characters
    -w	Words

    By default -lwc, in this order. With several files also the sums.
*/

#define FOR_wc
#include "toys.h"

// In the order of the output.
enum {LINES, WORDS, CHARS, BYTES, LONGEST, KINDS};

GLOBALS(
  char *files0_from;

  long long total[5];
  int width, files;
)

static void put_counts(long long *counts, char *name)
{
  int flags[] = {FLAG_l, FLAG_w, FLAG_m, FLAG_c, FLAG_L}, i, any = 0;

  for (i = 0; i<KINDS; i++) if (toys.optflags&flags[i]) printf("%s%*lld", " "+!any++, TT.width, counts[i]);
  if (name) printf(" %s", name);
  putchar('\n');
}

static void do_wc(int fd, char *name)
{
  static char buf[65536];
  long long counts[KINDS] = {0}, column = 0;
  int len, i, in_word = 0;

  TT.files++;
  while (0<(len = read(fd, buf, sizeof(buf)))) {
    counts[BYTES] += len;
    // Bytes alone need no look at them.
    if (toys.optflags==FLAG_c) continue;
    for (i = 0; i<len; i++) {
      unsigned char c = buf[i];

      if ((c&0xc0)!=0x80) counts[CHARS]++;
      if (c=='\n') counts[LINES]++;
      if (c=='\n' || c=='\r' || c=='\f') {
        if (column>counts[LONGEST]) counts[LONGEST] = column;
        column = 0;
      } else if (c=='\t') column = (column|7)+1;
      else if (c>31 && c!=127 && (c&0xc0)!=0x80) column++;
      if (isspace(c)) in_word = 0;
      else if (!in_word && (c>32 && c!=127)) counts[WORDS] += in_word = 1;
    }
  }
  if (len<0) {
    perror_msg_raw(name);
    if (errno==EISDIR) TT.width = 7;
  }
  if (column>counts[LONGEST]) counts[LONGEST] = column;
  put_counts(counts, *toys.optargs ? name : 0);
  for (i = 0; i<LONGEST; i++) TT.total[i] += counts[i];
  if (counts[LONGEST]>TT.total[LONGEST]) TT.total[LONGEST] = counts[LONGEST];
}

// As GNU's: wide enough for the bytes of all regular files, or 7 where something else is read; one number of one
// file is not padded.
static int column_width(void)
{
  long long bytes = 0;
  int i, width = 1, irregular = 0, known = 0;
  struct stat st;

  if (toys.optc<2 && !(toys.optflags&(toys.optflags-1))) return 1;
  for (i = 0; i<toys.optc || !i; i++) {
    char *name = toys.optargs[i];

    if (!name || !strcmp(name, "-") ? fstat(0, &st) : stat(name, &st)) continue;
    known++;
    if (S_ISREG(st.st_mode)) bytes += st.st_size;
    else irregular = 1;
  }
  if (!known) return 1;
  while (bytes>9) bytes /= 10, width++;

  return irregular && width<7 ? 7 : width;
}

static void add_name(char **pline, long len)
{
  if (!pline) return;
  toys.optargs = xrealloc(toys.optargs, (toys.optc+2)*sizeof(char *));
  toys.optargs[toys.optc++] = *pline;
  toys.optargs[toys.optc] = 0;
  *pline = 0;
}

void wc_main(void)
{
  if (TT.files0_from) {
    toys.optargs = 0;
    toys.optc = 0;
    do_lines(strcmp(TT.files0_from, "-") ? xopenro(TT.files0_from) : 0, 0, add_name);
    if (!toys.optc) return;
  }
  toys.optflags &= FLAG_l|FLAG_w|FLAG_m|FLAG_c|FLAG_L;
  if (!toys.optflags) toys.optflags = FLAG_l|FLAG_w|FLAG_c;
  TT.width = column_width();
  loopfiles(toys.optargs, do_wc);
  if (toys.optc>1) put_counts(TT.total, "total");
}
