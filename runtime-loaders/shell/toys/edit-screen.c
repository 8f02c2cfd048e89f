/* edit-screen.c - what edit shows. What is shown begins at `top`, always the first byte of a line. */
#define FOR_edit
#include "toys.h"
#include "edit.h"

volatile int edit_resized;

static void emit(char *bytes, int length)
{
  if (TT.screen_length+length > TT.screen_room)
    TT.screen = xrealloc(TT.screen, TT.screen_room = 2*TT.screen_room+length+1024);
  memcpy(TT.screen+TT.screen_length, bytes, length);
  TT.screen_length += length;
}

void edit_say(char *text)
{
  emit(text, strlen(text));
}

void edit_flush_screen(void)
{
  writeall(1, TT.screen, TT.screen_length);
  TT.screen_length = 0;
}

// A row is what was emitted since `from`; it is sent only where it is not there already.
static void row(int number, size_t from)
{
  unsigned long long hash = 14695981039346656037ULL;
  char go[32];
  size_t i, length = TT.screen_length-from;
  char *kept;

  for (i = from; i < TT.screen_length; i++) hash = (hash^(unsigned char)TT.screen[i])*1099511628211ULL;
  if (TT.drawn[number] == hash) {
    TT.screen_length = from;
    return;
  }
  TT.drawn[number] = hash;
  kept = xmalloc(length+1);
  memcpy(kept, TT.screen+from, length);
  TT.screen_length = from;
  sprintf(go, "\e[%d;1H", number+1);
  edit_say(go);
  emit(kept, length);
  edit_say("\e[m\e[K");
  free(kept);
}

// Text as the terminal may show it, in a given number of columns. Returns how many there were.
static int show_text(char *text, int columns)
{
  char *end = text+strlen(text);
  unsigned point;
  int used = 0;

  while (text < end) {
    int length = utf8towc(&point, text, end-text), width = length < 1 ? -1 : wcwidth(point);

    if (used+(width < 0 ? 1 : width) > columns) break;
    if (width < 0) edit_say("?");
    else emit(text, length);
    used += width < 0 ? 1 : width;
    text += length < 1 ? 1 : length;
  }

  return used;
}

static void show_line(size_t at)
{
  int column = 0, width, end = TT.left+TT.columns;
  char bytes[4], *spaces = "        ";

  while (at < TT.length && edit_byte_at(at) != '\n') {
    int length = edit_character(at, column, &width, bytes), from = maxof(column, TT.left);

    if (column+width > end) break;
    if (column < TT.left || *bytes == '\t') {
      if (column+width > from) emit(spaces, column+width-from);
    } else if (length < 0) edit_say("\e[7m?\e[27m");
    else if ((unsigned char)*bytes < 32 || *bytes == 127) {
      edit_say("\e[7m^");
      *bytes ^= 64;
      emit(bytes, 1);
      edit_say("\e[27m");
    } else if (length > 1 && width && *bytes == '\xc2' && (unsigned char)bytes[1] < 0xa0) edit_say("\e[7m?\e[27m");
    else emit(bytes, length);
    at += abs(length);
    column += width;
  }
}

static void show_keys(int number, char **keys)
{
  size_t from = TT.screen_length;
  int room = TT.columns/6, i, used;

  if (room < 12) room = 12;
  for (i = 0; keys[2*i] && (i+1)*room <= TT.columns; i++) {
    edit_say("\e[7m");
    used = show_text(keys[2*i], room);
    edit_say("\e[27m ");
    for (used += 1+show_text(keys[2*i+1], room-used-2); used < room; used++) edit_say(" ");
  }
  row(number, from);
}

void edit_resize(void)
{
  unsigned columns = 80, rows = 24;

  edit_resized = 0;
  terminal_size(&columns, &rows);
  TT.columns = maxof(columns, 10);
  TT.rows = maxof(rows, 6);
  free(TT.drawn);
  TT.drawn = xzalloc(TT.rows*sizeof(*TT.drawn));
  edit_say("\e[2J");
}

// The place is on the screen, in the middle where it was far away.
static void scroll(int rows)
{
  size_t line = edit_line_start(TT.at), at = TT.top, i;
  int column = edit_column_of(TT.at), step = TT.columns > 16 ? 8 : 1;

  for (i = 0; i < rows && at < line; i++) at = edit_line_end(at)+1;
  if (line < TT.top || i == rows) {
    size_t near = TT.top && line == edit_line_start(TT.top-1), far = 0;

    // One line further than the last one that is shown?
    if (i == rows && at == line) far = rows-1;
    else if (!near) far = rows/2;
    for (TT.top = line; far-- && TT.top; ) TT.top = edit_line_start(TT.top-1);
  }
  if (column < TT.left) TT.left = maxof(0, column-step);
  if (column >= TT.left+TT.columns-1) TT.left = column-TT.columns+1+step;
}

void edit_draw(char *prompt, char *answer)
{
  char *first[] = {"^O", "Save", "^W", "Search", "^K", "Cut", "^C", "Where", "M-U", "Undo", "M-G", "Line", 0},
    *second[] = {"^X", "Exit", "M-R", "Replace", "^U", "Paste", "^G", "Help", "M-E", "Redo", "M-W", "Next", 0},
    *none[] = {"^C", "Cancel", 0}, go[32];
  int rows = TT.rows-4, i, used = 0;
  size_t at, from;

  if (edit_resized) edit_resize();
  rows = TT.rows-4;
  scroll(rows);
  edit_say("\e[?25l");
  from = TT.screen_length;
  edit_say("\e[7m");
  used = show_text(TT.name ? TT.name : "New file", TT.columns-12);
  for (; used < TT.columns-10; used++) edit_say(" ");
  used += show_text(TT.undo != TT.saved ? "Modified" : "", 9);
  for (; used < TT.columns; used++) edit_say(" ");
  row(0, from);
  for (i = 0, at = TT.top; i < rows; i++) {
    from = TT.screen_length;
    if (at <= TT.length) {
      show_line(at);
      at = edit_line_end(at)+1;
    }
    row(i+1, from);
  }
  from = TT.screen_length;
  if (prompt) {
    char *tail = answer;

    edit_say("\e[7m");
    used = show_text(prompt, TT.columns-2);
    while (*tail && strlen(tail) > TT.columns-used-2) tail++;
    while ((*tail&0xc0) == 0x80) tail++;
    used += show_text(tail, TT.columns-used-1);
  } else if (TT.message) {
    edit_say("\e[7m");
    show_text(TT.message, TT.columns-1);
  }
  row(TT.rows-3, from);
  show_keys(TT.rows-2, prompt ? none : first);
  show_keys(TT.rows-1, prompt ? none+2 : second);
  if (prompt) sprintf(go, "\e[%d;%dH\e[?25h", TT.rows-2, used+1);
  else {
    for (i = 0, at = TT.top; at < edit_line_start(TT.at); i++) at = edit_line_end(at)+1;
    sprintf(go, "\e[%d;%dH\e[?25h", i+2, edit_column_of(TT.at)-TT.left+1);
  }
  edit_say(go);
  edit_flush_screen();
}

void edit_open_terminal(void)
{
  struct termios raw;

  tcgetattr(0, &TT.before);
  raw = TT.before;
  raw.c_lflag &= ~(ICANON|ECHO|ISIG|IEXTEN);
  raw.c_iflag &= ~(ICRNL|INLCR|IXON);
  raw.c_oflag &= ~OPOST;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  tcsetattr(0, TCSADRAIN, &raw);
  edit_say("\e[?1049h\e[?2004h");
  edit_resize();
}

void edit_close_terminal(void)
{
  edit_say("\e[?2004l\e[?1049l");
  edit_flush_screen();
  tcsetattr(0, TCSADRAIN, &TT.before);
}

