/* column.c - lists and tables in columns.

USE_COLUMN(NEWTOY(column, "R(table-right):N(table-columns):n(table-name):o(output-separator):s(separator):c(output-width)#<1J(json)L(keep-empty-lines)et(table)x(fillrows)", TOYFLAG_USR|TOYFLAG_BIN))

config COLUMN
  bool "column"
  default y
  help
    usage: column [-tex] [-c WIDTH] [-s SEPARATORS] [-o STRING] [-N NAMES] [-R COLUMNS] [FILE...]

    Show lines in columns, or words of lines as a table.

    -t	A table: a column for each word of a line
    -s	Characters between words (default blanks, any number)
    -o	What stands between columns of a table (default two spaces)
    -N	Names of columns, separated by commas
    -R	Columns to align at the right, by number or name
    -L	Keep empty lines
    -x	Fill rows before columns
    -c	Width (default that of the terminal)
*/

#define FOR_column
#include "toys.h"

GLOBALS(
  long c;
  char *s, *o, *n, *N, *R;

  char ***rows, **names;
  long count;
  int columns;
)

static void add_row(char **words)
{
  if (!(TT.count&255)) TT.rows = xrealloc(TT.rows, (TT.count+256)*sizeof(char **));
  TT.rows[TT.count++] = words;
}

// A line's words. Blanks are taken together; other separators are not.
static char **split_words(char *line, char *separators, int together)
{
  char **words = 0, *end;
  int count = 0;

  for (;;) {
    if (together) line += strspn(line, separators);
    if (together && !*line) break;
    end = line+strcspn(line, separators);
    words = xrealloc(words, (count+2)*sizeof(char *));
    words[count++] = xstrndup(line, end-line);
    if (!*end) break;
    line = end+1;
  }
  if (!words) words = xzalloc(sizeof(char *));
  else words[count] = 0;
  if (count>TT.columns) TT.columns = count;

  return words;
}

static void do_column(char **pline, long len)
{
  char *line, *word;

  if (!pline) return;
  line = *pline;
  if (len && line[len-1]=='\n') line[--len] = 0;
  for (word = line; isspace(*word); word++);
  if (!*word && !FLAG(L)) return;
  if (FLAG(t)) add_row(split_words(line, TT.s ? : " \t", !TT.s));
  else {
    char **row = xzalloc(2*sizeof(char *));

    *row = xstrdup(line);
    add_row(row);
  }
}

static int is_right(int column)
{
  char *list = TT.R, *item;
  int len;

  while ((item = comma_iterate(&list, &len))) {
    if (atoi(item)==column+1) return 1;
    if (TT.names && column<TT.columns) {
      int i;

      for (i = 0; TT.names[i] && i<column; i++);
      if (TT.names[i] && strlen(TT.names[i])==len && !strncmp(item, TT.names[i], len)) return 1;
    }
  }

  return 0;
}

static void put_table(void)
{
  int *widths = xzalloc(TT.columns*sizeof(int)), i, width;
  long row;

  for (row = 0; row<TT.count; row++) for (i = 0; TT.rows[row][i]; i++)
    if ((width = utf8len(TT.rows[row][i]))>widths[i]) widths[i] = width;
  for (row = 0; row<TT.count; row++) {
    for (i = 0; TT.rows[row][i]; i++) {
      char *word = TT.rows[row][i];
      int right = is_right(i), pad = widths[i]-utf8len(word);

      if (right) printf("%*s", pad, "");
      fputs(word, stdout);
      if (TT.rows[row][i+1]) printf("%*s%s", right ? 0 : pad, "", TT.o ? : "  ");
    }
    putchar('\n');
  }
}

// As many columns as fit, each as wide as the widest entry and up to the next tab stop.
static void put_list(long width)
{
  long i, row, rows, widest = 0, columns;

  for (i = 0; i<TT.count; i++) if ((row = utf8len(*TT.rows[i]))>widest) widest = row;
  widest = (widest+8)&~7;
  if ((columns = width/widest)<1) columns = 1;
  rows = (TT.count+columns-1)/columns;
  for (row = 0; row<rows; row++) {
    long column, at = 0, end = 0;

    for (column = 0; column<columns; column++) {
      i = FLAG(x) ? row*columns+column : column*rows+row;
      if (i>=TT.count) break;
      for (; at<end; at = (at|7)+1) putchar('\t');
      fputs(*TT.rows[i], stdout);
      at += utf8len(*TT.rows[i]);
      end += widest;
    }
    putchar('\n');
  }
}

void column_main(void)
{
  unsigned width = 80;

  if (TT.N) add_row(TT.names = split_words(TT.N, ",", 0));
  loopfiles_lines(toys.optargs, do_column);
  if (!TT.count) return;
  if (FLAG(t)) return put_table();
  if (TT.c) width = TT.c;
  else {
    char *columns = getenv("COLUMNS");

    if (columns && atoi(columns)>0) width = atoi(columns);
    else if (isatty(1)) terminal_size(&width, 0);
  }
  put_list(width);
}
