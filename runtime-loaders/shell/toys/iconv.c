/* iconv.c - text in another encoding. libc's has tables of a hundred KB.

USE_ICONV(NEWTOY(iconv, "cst:f:", TOYFLAG_USR|TOYFLAG_BIN))

config ICONV
  bool "iconv"
  default y
  help
    usage: iconv [-c] [-f FROM] [-t TO] [FILE...]

    Convert text between encodings: ASCII, LATIN1, UTF-8, and UTF-16 and
    UTF-32 with LE or BE.

    -c	Leave out what cannot be converted
    -f	Encoding of the input (default UTF-8)
    -t	Encoding of the output (default UTF-8)
*/

#define FOR_iconv
#include "toys.h"

GLOBALS(
  char *f, *t;

  int from, to;
)

// Bytes of a unit, and 16 where the lowest is last; 8 for UTF-8, 9 for ASCII.
static int encoding(char *name)
{
  static struct { char *name; int code; } known[] = {
    {"UTF8", 8}, {"ASCII", 9}, {"USASCII", 9}, {"LATIN1", 1}, {"ISO88591", 1},
    {"UTF16", 2}, {"UTF16LE", 2}, {"UTF16BE", 18}, {"UTF32", 4},
    {"UTF32LE", 4}, {"UTF32BE", 20}};
  char plain[16] = "", *s, *to = plain;
  int i;

  if (!name) return 8;
  for (s = name; *s && *s!='/' && to<plain+15; s++) if (isalnum(*s)) *to++ = toupper(*s);
  for (i = 0; i<ARRAY_LEN(known); i++)
    if (!strcmp(plain, known[i].name)) return known[i].code;
  error_exit("conversion of %s is not supported", name);
}

static void put_unit(unsigned wc, int code)
{
  int i, bytes = code&7;

  for (i = 0; i<bytes; i++) putchar(wc>>8*(code&16 ? bytes-1-i : i));
}

static void put_character(unsigned wc)
{
  char buf[8];

  if (TT.to==8) fwrite(buf, wctoutf8(buf, wc), 1, stdout);
  else if ((TT.to&7)==2 && wc>0xffff) {
    put_unit(0xd800+((wc-0x10000)>>10), TT.to);
    put_unit(0xdc00+(wc&0x3ff), TT.to);
  } else if (TT.to==9 ? wc<128 : TT.to!=1 || wc<256) put_unit(wc, TT.to==9 ? 1 : TT.to);
  else if (!FLAG(c)) error_exit("cannot convert");
}

// The unit at text, lowest or highest byte first.
static unsigned get_unit(unsigned char *text)
{
  unsigned wc = 0;
  int i, bytes = TT.from&7;

  for (i = 0; i<bytes; i++) wc |= text[i]<<8*(TT.from&16 ? bytes-1-i : i);

  return wc;
}

static void do_iconv(int fd, char *name)
{
  off_t size = 0;
  char *text = readfd(fd, 0, &size);
  long at = 0, step;
  unsigned wc;

  if (!text) return perror_msg_raw(name);
  for (; at<size; at += step) {
    if (TT.from>7 && TT.from<10) {
      step = utf8towc(&wc, text+at, size-at);
      if (step<1 || (TT.from==9 && wc>127)) {
        if (!text[at]) wc = 0;
        else if (!FLAG(c)) error_exit("%s: bad input", name);
        step = 1;
        if (text[at]) continue;
      }
    } else {
      if (size-at<(step = TT.from&7)) break;
      wc = get_unit((void *)(text+at));
      if (step==2 && wc>>10==0x36 && size-at>=4) {
        wc = 0x10000+((wc&0x3ff)<<10)+(get_unit((void *)(text+at+2))&0x3ff);
        step = 4;
      }
    }
    put_character(wc);
  }
  free(text);
}

void iconv_main(void)
{
  TT.from = encoding(TT.f);
  TT.to = encoding(TT.t);
  loopfiles(toys.optargs, do_iconv);
}
