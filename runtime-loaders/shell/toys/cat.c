/* cat.c - copy files to stdout, with all that GNU cat can show of them.

USE_CAT(NEWTOY(cat, "u(unbuffered)A(show-all)E(show-ends)T(show-tabs)b(number-nonblank)en(number)s(squeeze-blank)tv(show-nonprinting)", TOYFLAG_BIN))

config CAT
  bool "cat"
  default y
  help
    usage: cat [-AbEensTtv] [FILE...]

    Copy (concatenate) files to stdout. If no files listed, copy from stdin.
    Filename "-" is a synonym for stdin.

    -A	Same as -vET
    -b	Number lines that are not empty
    -E	Show $ at the end of each line
    -e	Same as -vE
    -n	Number all lines
    -s	Squeeze repeated empty lines into one
    -T	Show tabs as ^I
    -t	Same as -vT
    -v	Show nonprinting characters as ^x and M-x
*/

#define FOR_cat
#include "toys.h"

GLOBALS(
  long line;
  int at_start, empty;
  struct stat out;
)

static void show_byte(unsigned char c)
{
  if (c=='\t' && !FLAG(T)) putchar(c);
  else if (c=='\t') fputs("^I", stdout);
  else if (!FLAG(v)) putchar(c);
  else {
    if (c>127) {
      fputs("M-", stdout);
      c &= 127;
    }
    if (c<32) printf("^%c", c+64);
    else if (c==127) fputs("^?", stdout);
    else putchar(c);
  }
}

static void cat_changed(unsigned char *buf, int len)
{
  int i;

  for (i = 0; i<len; i++) {
    if (TT.at_start) {
      if (buf[i]=='\n') {
        if (TT.empty && FLAG(s)) continue;
        TT.empty = 1;
      } else TT.empty = 0;
      if (FLAG(b) ? buf[i]!='\n' : FLAG(n)) printf("%6ld\t", ++TT.line);
    }
    if ((TT.at_start = buf[i]=='\n')) {
      if (FLAG(E)) putchar('$');
      putchar('\n');
    } else show_byte(buf[i]);
  }
}

static void do_cat(int fd, char *name)
{
  static char buf[65536];
  struct stat in;
  int len;

  // It would never end.
  if (TT.out.st_nlink && !fstat(fd, &in) && same_file(&in, &TT.out) && lseek(fd, 0, SEEK_CUR)<in.st_size) {
    error_msg("%s: input file is output file", name);

    return;
  }
  for (;;) {
    if (0>(len = read(fd, buf, sizeof(buf)))) {
      if (errno==EINTR) continue;
      perror_msg_raw(name);
    }
    if (len<1) break;
    if (toys.optflags&~FLAG_u) cat_changed((void *)buf, len);
    else xwrite(1, buf, len);
  }
}

void cat_main(void)
{
  if (FLAG(A)) toys.optflags |= FLAG_v|FLAG_E|FLAG_T;
  if (FLAG(e)) toys.optflags |= FLAG_v|FLAG_E;
  if (FLAG(t)) toys.optflags |= FLAG_v|FLAG_T;
  TT.at_start = 1;
  if (fstat(1, &TT.out) || !S_ISREG(TT.out.st_mode)) TT.out.st_nlink = 0;
  loopfiles(toys.optargs, do_cat);
}
