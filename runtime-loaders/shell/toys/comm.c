/* comm.c - lines that two sorted files have in common.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/comm.html

USE_COMM(NEWTOY(comm, "<2>2(check-order)(nocheck-order)(output-delimiter):(total)z(zero-terminated)321", TOYFLAG_USR|TOYFLAG_BIN))

config COMM
  bool "comm"
  default y
  help
    usage: comm [-123z] [--output-delimiter=TEXT] [--total] FILE1 FILE2

    Compare two sorted files: lines only in FILE1, only in FILE2, and in both, in a column each.

    -1	No lines that are only in FILE1 (-2: in FILE2, -3: in both)
    -z	Lines end with NUL
    --total	How many lines each column has
*/

#define FOR_comm
#include "toys.h"

GLOBALS(
  char *output_delimiter;

  long counts[3];
  int end, disordered;
)

static char *next_line(FILE *file, char *last)
{
  char *line = 0;
  size_t size = 0;
  ssize_t len = getdelim(&line, &size, TT.end, file);

  if (len<1) {
    free(line);
    line = 0;
  } else if (line[len-1]==TT.end) line[len-1] = 0;
  if (line && last && strcmp(last, line)>0 && !FLAG(nocheck_order) && !TT.disordered++)
    error_msg("a file is not in sorted order");

  return line;
}

static void put(char *line, int column)
{
  int hidden[] = {!!FLAG(1), !!FLAG(2), !!FLAG(3)}, i;

  TT.counts[column]++;
  if (hidden[column]) return;
  for (i = 0; i<column; i++) if (!hidden[i]) fputs(TT.output_delimiter ? : "\t", stdout);
  fputs(line, stdout);
  putchar(TT.end);
}

void comm_main(void)
{
  FILE *files[2];
  char *lines[2];
  int i;

  TT.end = FLAG(z) ? 0 : '\n';
  for (i = 0; i<2; i++) {
    files[i] = strcmp(toys.optargs[i], "-") ? xfopen(toys.optargs[i], "r") : stdin;
    lines[i] = next_line(files[i], 0);
  }
  while (*lines || lines[1]) {
    int order = !*lines ? 1 : !lines[1] ? -1 : strcmp(*lines, lines[1]);

    put(lines[order>0], order ? order>0 : 2);
    for (i = 0; i<2; i++) if (!order || i==(order>0)) {
      char *last = lines[i];

      lines[i] = next_line(files[i], last);
      free(last);
    }
  }
  if (FLAG(total)) {
    char *delimiter = TT.output_delimiter ? : "\t";

    printf("%ld%s%ld%s%ld%stotal%c", TT.counts[0], delimiter, TT.counts[1], delimiter, TT.counts[2], delimiter, TT.end);
  }
  if (TT.disordered) toys.exitval = 1;
}
