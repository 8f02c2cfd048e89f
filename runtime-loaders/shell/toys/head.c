/* head.c - the first lines or bytes of files.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/head.html

USE_HEAD(NEWTOY(head, "?c(bytes):n(lines):q(quiet)(silent)v(verbose)z(zero-terminated)[-nc][-qv]", TOYFLAG_USR|TOYFLAG_BIN))

config HEAD
  bool "head"
  default y
  help
    usage: head [-qvz] [-n NUM | -c NUM] [FILE...]

    Copy first lines from files to stdout. If no files listed, copy from
    stdin. Filename "-" is a synonym for stdin.

    -n	Number of lines to copy (default 10); -NUM: all but the last NUM
    -c	Number of bytes to copy; -NUM: all but the last NUM
    -q	Never print headers
    -v	Always print headers
    -z	Lines end with NUL
*/

#define FOR_head
#include "toys.h"

GLOBALS(
  char *n, *c;

  long long count;
  int all_but, bytes, files, end;
)

// The first TT.count; what was read too much goes back where that can be.
static void first(int fd, char *name)
{
  static char buf[32768];
  long long left = TT.count;
  int len, i;

  while (left) {
    len = read(fd, buf, TT.bytes && left<sizeof(buf) ? left : sizeof(buf));
    if (len<0) perror_msg_raw(name);
    if (len<1) break;
    if (TT.bytes) left -= i = len;
    else for (i = 0; i<len;) if (buf[i++]==TT.end && !--left) break;
    fwrite(buf, 1, i, stdout);
    if (i<len) lseek(fd, i-len, SEEK_CUR);
    if (ferror(stdout)) break;
  }
}

// All but the last TT.count: so many are held back.
static void all_but_last(int fd, char *name)
{
  char *held = 0, *buf = xmalloc(32768);
  long long size = 0, units = 0, out;
  int len, i;

  for (;;) {
    len = read(fd, buf, 32768);
    if (len<0) perror_msg_raw(name);
    if (len<1) break;
    held = xrealloc(held, size+len);
    memcpy(held+size, buf, len);
    size += len;
    if (TT.bytes) units = size;
    else for (i = 0; i<len; i++) units += buf[i]==TT.end;
    out = 0;
    if (TT.bytes) out = size>TT.count ? size-TT.count : 0;
    // A last line without its end counts, too.
    else while (units>TT.count+(held[size-1]==TT.end ? 0 : -1)) {
      while (held[out++]!=TT.end);
      units--;
    }
    fwrite(held, 1, out, stdout);
    memmove(held, held+out, size -= out);
  }
  free(held);
  free(buf);
}

static void do_head(int fd, char *name)
{
  if (FLAG(v) || (toys.optc>1 && !FLAG(q)))
    printf("%s==> %s <==\n", "\n"+!TT.files, fd ? name : "standard input");
  TT.files++;
  (TT.all_but ? all_but_last : first)(fd, name);
  if (!fd) xflush(1);
}

void head_main(void)
{
  char *arg = *toys.optargs, *s = 0, *end;

  // The old form: -5
  if (arg && *arg=='-' && isdigit(arg[1])) {
    s = xstrdup(arg+1);
    end = s+strspn(s, "0123456789");
    for (; *end && strchr("qvc", *end); end++) {
      if (*end=='q') toys.optflags |= FLAG_q;
      if (*end=='v') toys.optflags |= FLAG_v;
      if (*end=='c') TT.bytes = 1;
      *end = 0;
    }
    toys.optc--;
    toys.optargs++;
  } else if (arg && *arg=='-' && arg[1]) error_exit("unknown option %s", arg);
  if (FLAG(c)) TT.bytes = 1, s = TT.c;
  else if (FLAG(n)) s = TT.n;
  if (s && *s=='-') TT.all_but = 1, s++;
  TT.count = s ? atolx(s) : 10;
  if (TT.count<0) error_exit("invalid number '%s'", s);
  TT.end = FLAG(z) ? 0 : '\n';
  loopfiles(toys.optargs, do_head);
}
