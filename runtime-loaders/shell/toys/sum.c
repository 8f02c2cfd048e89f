/* sum.c - checksums of 16 bits.

USE_SUM(NEWTOY(sum, "rs(sysv)[-rs]", TOYFLAG_USR|TOYFLAG_BIN))

config SUM
  bool "sum"
  default y
  help
    usage: sum [-rs] [FILE...]

    Checksum and number of blocks of each file: as BSD has them (-r, blocks of
    1024 bytes), or System V (-s, of 512).
*/

#define FOR_sum
#include "toys.h"

static void do_sum(int fd, char *name)
{
  unsigned sum = 0;
  unsigned long long size = 0;
  int i, len;

  while (0<(len = read(fd, toybuf, sizeof(toybuf)))) {
    size += len;
    for (i = 0; i<len; i++)
      if (FLAG(s)) sum += toybuf[i];
      else sum = (((sum>>1)|(sum<<15))+toybuf[i])&0xffff;
  }
  if (len<0) perror_msg_raw(name);
  if (FLAG(s)) {
    sum = (sum&0xffff)+(sum>>16);
    sum = (sum&0xffff)+(sum>>16);
    printf("%u %llu", sum, (size+511)/512);
  } else printf("%05u %5llu", sum, (size+1023)/1024);
  if (toys.optc) printf(" %s", name);
  putchar('\n');
}

void sum_main(void)
{
  loopfiles(toys.optargs, do_sum);
}
