/* edit-text.c - the text that edit changes.
 *
 * It is one run of bytes with a gap where the last change was; places in it are counted without the gap. Every change
 * goes through edit_change(), which keeps it for undo.
 */
#define FOR_edit
#include "toys.h"
#include "edit.h"

int edit_byte_at(size_t at)
{
  return (unsigned char)TT.text[at < TT.gap ? at : at+TT.gap_length];
}

static void move_gap(size_t to)
{
  if (to < TT.gap)
    memmove(TT.text+to+TT.gap_length, TT.text+to, TT.gap-to);
  else memmove(TT.text+TT.gap, TT.text+TT.gap+TT.gap_length, to-TT.gap);
  TT.gap = to;
}

void edit_put(size_t at, char *bytes, size_t length)
{
  if (length > TT.gap_length) {
    size_t more = length+TT.length/4+4096;

    move_gap(TT.length);
    TT.text = xrealloc(TT.text, TT.length+more);
    TT.gap_length = more;
  }
  move_gap(at);
  memcpy(TT.text+at, bytes, length);
  TT.gap += length;
  TT.gap_length -= length;
  TT.length += length;
}

void edit_copy_out(char *to, size_t at, size_t length)
{
  while (length--) *to++ = edit_byte_at(at++);
}

static void drop(size_t at, size_t length)
{
  move_gap(at);
  TT.gap_length += length;
  TT.length -= length;
}

void edit_forget(struct edit_change **list)
{
  struct edit_change *each;

  while ((each = *list)) {
    *list = each->before;
    free(each->bytes);
    free(each);
  }
}

// What is typed or deleted one after the other in a line is undone at once.
static int joins(struct edit_change *last, size_t at, char *bytes, size_t length)
{
  if (!last || last == TT.saved || length != 1 || *bytes == '\n' || !last->joined || !last->inserted) return 0;

  return at == last->at+last->length;
}

// Put bytes in at a place, or take length of them away (bytes null).
void edit_change(size_t at, char *bytes, size_t length)
{
  struct edit_change *last = TT.undo;

  if (!length) return;
  edit_forget(&TT.redo);
  if (bytes && joins(last, at, bytes, length)) {
    last->bytes = xrealloc(last->bytes, last->length+1);
    last->bytes[last->length++] = *bytes;
  } else {
    last = xzalloc(sizeof(*last));
    last->before = TT.undo;
    last->at = at;
    last->length = length;
    last->inserted = !!bytes;
    last->joined = length == 1;
    last->bytes = xmalloc(length);
    if (bytes) memcpy(last->bytes, bytes, length);
    else edit_copy_out(last->bytes, at, length);
    TT.undo = last;
  }
  if (bytes) edit_put(at, bytes, length);
  else drop(at, length);
  TT.at = at+(bytes ? length : 0);
}

// Undo or redo the newest change of a list, and put it on the other.
void edit_take_back(struct edit_change **from, struct edit_change **to, int insert, char *nothing)
{
  struct edit_change *it = *from;

  if (!it) {
    TT.message = nothing;
    return;
  }
  if (it->inserted == insert) edit_put(it->at, it->bytes, it->length);
  else drop(it->at, it->length);
  TT.at = it->at+(it->inserted == insert ? it->length : 0);
  *from = it->before;
  it->before = *to;
  it->joined = 0;
  *to = it;
}

size_t edit_line_start(size_t at)
{
  while (at && edit_byte_at(at-1) != '\n') at--;

  return at;
}

size_t edit_line_end(size_t at)
{
  while (at < TT.length && edit_byte_at(at) != '\n') at++;

  return at;
}

// The character at a place: how many bytes, and how many columns when it stands in that column.
int edit_character(size_t at, int column, int *width, char *bytes)
{
  unsigned point;
  int i, length = 1;

  for (i = 0; i < 4 && at+i < TT.length; i++) bytes[i] = edit_byte_at(at+i);
  if ((unsigned char)*bytes >= 0x80) {
    length = utf8towc(&point, bytes, i);
    *width = length < 1 ? 1 : wcwidth(point);
    if (*width < 0) *width = 1;
    if (length < 1) length = -1;
  } else if (*bytes == '\t') *width = 8-column%8;
  else *width = *bytes < 32 || *bytes == 127 ? 2 : 1;

  return length;
}

size_t edit_next_character(size_t at)
{
  char bytes[4];
  int width, length;

  if (at >= TT.length) return TT.length;
  length = edit_character(at, 0, &width, bytes);
  at += abs(length);
  // With what is put onto it: accents.
  while (at < TT.length && edit_byte_at(at) >= 0x80) {
    length = edit_character(at, 0, &width, bytes);
    if (width || length < 0) break;
    at += length;
  }

  return at;
}

size_t edit_previous_character(size_t at)
{
  size_t from, next, far = 64;

  if (!at) return 0;
  if (edit_byte_at(at-1) < 0x80) return at-1;
  for (from = at; from && far-- && edit_byte_at(from-1) >= 0x80; ) from--;
  if (from) from--;
  while ((next = edit_next_character(from)) < at) from = next;

  return from;
}

int edit_column_of(size_t at)
{
  size_t from = edit_line_start(at);
  int column = 0, width;
  char bytes[4];

  while (from < at) {
    from += abs(edit_character(from, column, &width, bytes));
    column += width;
  }

  return column;
}

// The character of a line that is nearest to a column.
size_t edit_at_column(size_t from, int wanted)
{
  int column = 0, width;
  char bytes[4];

  while (from < TT.length && edit_byte_at(from) != '\n') {
    int length = abs(edit_character(from, column, &width, bytes));

    if (column+width > wanted) break;
    column += width;
    from += length;
  }

  return from;
}

size_t edit_line_number(size_t at)
{
  size_t i, number = 1;

  for (i = 0; i < at; i++) number += edit_byte_at(i) == '\n';

  return number;
}

size_t edit_start_of_line_number(size_t number)
{
  size_t at = 0;

  while (--number && edit_line_end(at) < TT.length) at = edit_line_end(at)+1;

  return at;
}

