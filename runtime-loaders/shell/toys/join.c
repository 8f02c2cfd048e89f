/* join.c - join the lines of two sorted files that have a field in common.
 *
 * See http://pubs.opengroup.org/onlinepubs/9699919799/utilities/join.html

USE_JOIN(NEWTOY(join, "<2>2(header)(check-order)(nocheck-order)a*v*e:o*t:1#<1j#<1i(ignore-case)z(zero-terminated)2#<1", TOYFLAG_USR|TOYFLAG_BIN))

config JOIN
  bool "join"
  default y
  help
    usage: join [-iz] [-1 FIELD] [-2 FIELD] [-j FIELD] [-t CHAR] [-a FILE] [-v FILE] [-e TEXT] [-o LIST] FILE1 FILE2

    Join lines of two sorted files with the same first field. One of them may be "-".

    -1	Field of FILE1 to compare (-2: of FILE2, -j: of both)
    -a	Also lines of file 1 or 2 that have no partner (-v: only those)
    -e	What stands for a missing field
    -i	Ignore case
    -o	Fields of the output: FILE.FIELD or 0 for the common one, or "auto"
    -t	Character between fields (default blanks)
    --header	The first lines are names of fields
*/

#define FOR_join
#include "toys.h"

struct line {
  char *text;
  struct field {char *start; long len;} *fields;
  int count;
};

GLOBALS(
  long two, j, one;
  char *t;
  struct arg_list *o;
  char *e;
  struct arg_list *v, *a;

  FILE *files[2];
  long keys[2];
  struct output {int file; long field;} *list;
  int listed, widths[2], sep, end;
)

static void add_field(struct line *line, char *start, long len)
{
  line->fields = xrealloc(line->fields, (line->count+1)*sizeof(*line->fields));
  line->fields[line->count].start = start;
  line->fields[line->count++].len = len;
}

// The next line of a file, cut into fields; null at its end.
static struct line *next_line(int which)
{
  struct line *line = xzalloc(sizeof(struct line));
  size_t size = 0;
  ssize_t len = getdelim(&line->text, &size, TT.end, TT.files[which]);
  char *s, *start;

  if (len<1) {
    free(line->text);
    free(line);

    return 0;
  }
  if (line->text[len-1]==TT.end) line->text[len-1] = 0;
  s = line->text;
  if (TT.sep>=0) for (;;) {
    start = s;
    while (*s && *s!=TT.sep) s++;
    add_field(line, start, s-start);
    if (!*s++) break;
  } else for (;;) {
    while (isspace(*s)) s++;
    if (!*s) break;
    start = s;
    while (*s && !isspace(*s)) s++;
    add_field(line, start, s-start);
  }

  return line;
}

static void free_line(struct line *line)
{
  if (!line) return;
  free(line->text);
  free(line->fields);
  free(line);
}

static int compare(struct line *a, struct line *b)
{
  struct field none = {"", 0}, *x = &none, *y = &none;
  int rc;

  if (TT.keys[0]<a->count) x = a->fields+TT.keys[0];
  if (TT.keys[1]<b->count) y = b->fields+TT.keys[1];
  rc = (FLAG(i) ? strncasecmp : strncmp)(x->start, y->start, minof(x->len, y->len));

  return rc ? rc : (x->len>y->len)-(x->len<y->len);
}

static void put_field(struct line *line, long field, int *count)
{
  if ((*count)++) putchar(TT.sep<0 ? ' ' : TT.sep);
  if (line && field<line->count && line->fields[field].len)
    fwrite(line->fields[field].start, 1, line->fields[field].len, stdout);
  else if (TT.e) fputs(TT.e, stdout);
}

// Either may be missing.
static void put_pair(struct line *a, struct line *b)
{
  struct line *lines[] = {a, b};
  int count = 0, which, i;

  if (FLAG(o)) for (i = 0; i<TT.listed; i++) {
    struct output *out = TT.list+i;

    which = out->file ? out->file-1 : !a;
    put_field(lines[which], out->file ? out->field : TT.keys[which], &count);
  } else {
    put_field(a ? a : b, TT.keys[!a], &count);
    for (which = 0; which<2; which++) for (i = 0; lines[which] && i<lines[which]->count; i++)
      if (i != TT.keys[which]) put_field(lines[which], i, &count);
  }
  putchar(TT.end);
}

static void parse_list(char *list)
{
  while (*list) {
    struct output *out;

    TT.list = xrealloc(TT.list, (TT.listed+1)*sizeof(*TT.list));
    out = TT.list+TT.listed++;
    if ((out->file = strtol(list, &list, 10))) {
      if (out->file<0 || out->file>2 || *list!='.') error_exit("bad -o");
      out->field = strtol(list+1, &list, 10)-1;
    }
    while (*list==',' || *list==' ') list++;
  }
}

// With -o auto: the common field, then all others, as many as the first lines have.
static void list_from(struct line *a, struct line *b)
{
  struct line *lines[] = {a, b};
  char item[64];
  int which, i;

  parse_list("0");
  for (which = 0; which<2; which++) for (i = 0; lines[which] && i<lines[which]->count; i++)
    if (i != TT.keys[which]) {
      sprintf(item, "%d.%d", which+1, i+1);
      parse_list(item);
    }
}

static int wants(struct arg_list *list, int which)
{
  for (; list; list = list->next) if (atoi(list->arg)==which) return 1;

  return 0;
}

// Lines of the second file with the same key are kept while lines of the first are paired with them.
static void join_files(int alone[2], int pairs)
{
  struct line *a = next_line(0), *b = next_line(1), **group = 0;
  long count = 0, i;

  if (TT.o && !strcmp(TT.o->arg, "auto")) list_from(a, b);
  if (FLAG(header) && (a || b)) {
    put_pair(a, b);
    free_line(a);
    free_line(b);
    a = next_line(0);
    b = next_line(1);
  }
  while (a && b) {
    int rc = compare(a, b);

    if (rc<0) {
      if (alone[0]) put_pair(a, 0);
      free_line(a);
      a = next_line(0);
    } else if (rc) {
      if (alone[1]) put_pair(0, b);
      free_line(b);
      b = next_line(1);
    } else {
      for (count = 0; b && !compare(a, b); b = next_line(1)) {
        group = xrealloc(group, (count+1)*sizeof(*group));
        group[count++] = b;
      }
      while (a && !compare(a, *group)) {
        for (i = 0; pairs && i<count; i++) put_pair(a, group[i]);
        free_line(a);
        a = next_line(0);
      }
      while (count) free_line(group[--count]);
    }
  }
  for (; a; free_line(a), a = next_line(0)) if (alone[0]) put_pair(a, 0);
  for (; b; free_line(b), b = next_line(1)) if (alone[1]) put_pair(0, b);
}

void join_main(void)
{
  int alone[2], i;
  struct arg_list *al;

  for (i = 0; i<2; i++) {
    TT.files[i] = strcmp(toys.optargs[i], "-") ? xfopen(toys.optargs[i], "r") : stdin;
    alone[i] = wants(TT.a, i+1) || wants(TT.v, i+1);
  }
  TT.keys[0] = (TT.one ? : TT.j ? : 1)-1;
  TT.keys[1] = (TT.two ? : TT.j ? : 1)-1;
  TT.sep = TT.t ? !strcmp(TT.t, "\\0") ? 0 : *TT.t : -1;
  if (TT.t && !*TT.t) TT.sep = '\n';
  TT.end = FLAG(z) ? 0 : '\n';
  for (al = TT.o; al; al = al->next) if (strcmp(al->arg, "auto")) parse_list(al->arg);
  join_files(alone, !FLAG(v));
}
