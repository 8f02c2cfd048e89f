/* edit.c - a small editor with the keys of nano.

USE_EDIT(NEWTOY(edit, "", TOYFLAG_USR|TOYFLAG_BIN))
USE_EDIT(OLDTOY(nano, edit, TOYFLAG_USR|TOYFLAG_BIN))
USE_EDIT(OLDTOY(pico, edit, TOYFLAG_USR|TOYFLAG_BIN))
USE_EDIT(OLDTOY(vi, edit, TOYFLAG_USR|TOYFLAG_BIN))
USE_EDIT(OLDTOY(vim, edit, TOYFLAG_USR|TOYFLAG_BIN))

config EDIT
  bool "edit"
  default y
  help
    usage: edit [+LINE] [FILE...]

    Edit text files on the terminal, one after the other. Also called as nano, pico, vi and vim.

    Arrows, Home, End, PgUp, PgDn move; ^Home and ^End (or M-\ and M-/) go to the first and last line
    ^O save  ^X leave  ^K cut line  ^U paste  ^W search  M-W search again  M-R replace  M-G go to line
    M-U undo  M-E redo  ^C where am I  ^Z suspend  M-: commands of vi: w q wq x q! and line numbers

    M-X is Alt and X, or Escape and then X.
*/

#define FOR_edit
#include "toys.h"
#include <poll.h>
#include "edit.h"

GLOBALS(
  char *text, *name, *cut, *find, *screen, *message;
  size_t gap, gap_length, length, at, top, cut_length, screen_length, screen_room, in_at, in_length;
  struct edit_change *undo, *redo, *saved;
  struct termios before;
  unsigned long long *drawn;
  int rows, columns, left, wanted, cutting, pasting, dirty, as_vi;
  char in[4096];
)

enum {
  K_UP = 0x110000, K_DOWN, K_LEFT, K_RIGHT, K_HOME, K_END, K_PAGE_UP, K_PAGE_DOWN, K_DELETE, K_START, K_FINISH,
  K_WORD_LEFT, K_WORD_RIGHT, K_PASTE, K_PASTED, K_RESIZE, K_NONE, K_META = 0x200000, K_BYTE = 0x400000
};
#define CTRL(key) ((key)&31)

static volatile int ended;

static void on_signal(int number)
{
  if (number == SIGWINCH) edit_resized = 1;
  else ended = number;
}

// ── keys ──

static int has_input(int wait)
{
  struct pollfd in = {.fd = 0, .events = POLLIN};

  return TT.in_at < TT.in_length || poll(&in, 1, wait) > 0;
}

// A byte, or K_RESIZE; -1: the terminal is gone.
static int next_byte(void)
{
  if (TT.in_at == TT.in_length) {
    int got;

    if (edit_resized) return K_RESIZE;
    got = read(0, TT.in, sizeof(TT.in));
    if (got < 0 && errno == EINTR && !ended) return K_RESIZE;
    if (got < 1) return -1;
    TT.in_at = 0;
    TT.in_length = got;
  }

  return (unsigned char)TT.in[TT.in_at++];
}

// What stands behind Escape and [ or O.
static int sequence(void)
{
  static struct {char *text; int key;} known[] = {
    {"A", K_UP}, {"B", K_DOWN}, {"C", K_RIGHT}, {"D", K_LEFT}, {"H", K_HOME}, {"F", K_END}, {"1~", K_HOME},
    {"7~", K_HOME}, {"4~", K_END}, {"8~", K_END}, {"3~", K_DELETE}, {"5~", K_PAGE_UP}, {"6~", K_PAGE_DOWN},
    {"1;5H", K_START}, {"1;5F", K_FINISH}, {"1;5C", K_WORD_RIGHT}, {"1;5D", K_WORD_LEFT}, {"200~", K_PASTE},
    {"201~", K_PASTED}
  };
  char text[16];
  int i = 0, key;

  do {
    if ((key = next_byte()) < 0 || key > 255) return key;
    if (i < sizeof(text)-1) text[i++] = key;
  } while (key < '@' || key > '~');
  text[i] = 0;
  for (i = 0; i < ARRAY_LEN(known); i++) if (!strcmp(text, known[i].text)) return known[i].key;

  return K_NONE;
}

// Bytes of characters beyond ASCII come as K_BYTE and the byte; Escape or Alt and a key as K_META and the key.
static int next_key(void)
{
  int key = next_byte();

  if (key == 27 && (!TT.pasting || has_input(50))) {
    if ((key = next_byte()) == '[' || key == 'O') return has_input(50) ? sequence() : K_META|key;
    if (key < 0 || key > 127) return key;

    return K_META|tolower(key);
  }

  return key > 127 && key < 256 ? K_BYTE|key : key;
}

// Asks in the line of messages; `text` is what stands there at first. Null: it was cancelled.
static char *ask(char *prompt, char *text)
{
  char *answer = xstrdup(text ? text : "");
  size_t length = strlen(answer);

  for (;;) {
    int key;

    if (!has_input(0)) edit_draw(prompt, answer);
    key = next_key();
    if (key == '\r' || key == '\n') return answer;
    if (key < 0 || key == CTRL('c') || key == CTRL('g') || key == CTRL('x')) {
      free(answer);
      TT.message = "Cancelled";

      return 0;
    }
    if (key == 127 || key == CTRL('h')) {
      while (length && (answer[--length]&0xc0) == 0x80);
    } else if (key == CTRL('u') || key == CTRL('k')) length = 0;
    else if ((key >= ' ' && key < 127) || (key&K_BYTE)) {
      answer = xrealloc(answer, length+2);
      answer[length++] = key;
    }
    answer[length] = 0;
  }
}

// 'y', 'n', or 0: cancelled.
static int ask_yes(char *prompt)
{
  for (;;) {
    int key;

    edit_draw(prompt, "");
    key = next_key();
    if (key == 'y' || key == 'Y') return 'y';
    if (key == 'n' || key == 'N') return 'n';
    if (key < 0 || key == CTRL('c') || key == CTRL('g')) {
      TT.message = "Cancelled";

      return 0;
    }
  }
}

// ── what keys do ──

static char *told;

static void tell(char *format, ...)
{
  va_list list;

  free(told);
  va_start(list, format);
  if (vasprintf(&told, format, list) < 0) told = 0;
  va_end(list);
  TT.message = told;
}

static int write_file(char *name)
{
  int fd, good;

  if (TT.length && edit_byte_at(TT.length-1) != '\n') {
    size_t at = TT.at;

    edit_change(TT.length, "\n", 1);
    TT.at = at;
  }
  fd = open(name, O_WRONLY|O_CREAT|O_TRUNC, 0666);
  if (fd < 0) return 0;
  good = writeall(fd, TT.text, TT.gap) == TT.gap
    && writeall(fd, TT.text+TT.gap+TT.gap_length, TT.length-TT.gap) == TT.length-TT.gap;

  return !close(fd) && good;
}

static int save(int asks)
{
  char *name = asks || !TT.name ? ask("File name to write: ", TT.name) : xstrdup(TT.name);

  if (!name) return 0;
  if (!*name) {
    free(name);
    TT.message = "Cancelled";

    return 0;
  }
  if (!TT.name || strcmp(name, TT.name)) if (!access(name, F_OK)) {
    char *question = xmprintf("\"%s\" is there already. Replace it? (y or n) ", name);
    int yes = ask_yes(question);

    free(question);
    if (yes != 'y') {
      free(name);
      return 0;
    }
  }
  if (!write_file(name)) {
    tell("Error writing %s: %s", name, strerror(errno));
    free(name);

    return 0;
  }
  free(TT.name);
  TT.name = name;
  TT.saved = TT.undo;
  if (TT.undo) TT.undo->joined = 0;
  tell("Wrote %zu lines", edit_line_number(TT.length)-1);

  return 1;
}

static int may_leave(void)
{
  int yes;

  if (TT.undo == TT.saved) return 1;
  yes = ask_yes("Save what was changed? (y, n, or ^C to stay) ");

  return yes == 'n' || (yes == 'y' && save(1));
}

// The next place behind `from` where bytes stand, around the end; capital letters count where there is one in them.
static int search(char *bytes, size_t from, size_t *found)
{
  size_t length = strlen(bytes), i, at;
  int exact = 0;

  for (i = 0; i < length; i++) exact |= isupper(bytes[i]);
  if (!length || length > TT.length) return 0;
  for (i = 0; i <= TT.length; i++) {
    size_t same = 0;

    at = (from+i)%(TT.length+1);
    while (same < length && at+same < TT.length) {
      int byte = edit_byte_at(at+same);

      if ((exact ? byte : tolower(byte)) != (unsigned char)bytes[same]) break;
      same++;
    }
    if (same == length) {
      *found = at;

      return 1;
    }
  }

  return 0;
}

static void find_next(int again)
{
  size_t found;
  char *what;

  if (!again || !TT.find) {
    char *prompt = TT.find ? xmprintf("Search [%s]: ", TT.find) : xstrdup("Search: ");

    what = ask(prompt, 0);
    free(prompt);
    if (!what) return;
    if (*what) {
      free(TT.find);
      TT.find = what;
    } else free(what);
    if (!TT.find) return;
  }
  if (!search(TT.find, TT.at+1, &found)) tell("\"%s\" not found", TT.find);
  else {
    if (found <= TT.at) TT.message = "Search went on at the top";
    TT.at = found;
  }
}

static void replace(void)
{
  char *what = ask("Replace: ", TT.find), *with = what && *what ? ask("With: ", 0) : 0;
  size_t from = TT.at, found, begun = TT.at, count = 0;
  int all = 0, round = 0;

  while (with && search(what, from, &found)) {
    if (found < from) round++;
    if (round > 1 || (round && found >= begun)) break;
    TT.at = found;
    if (!all) {
      int key;

      do {
        edit_draw("Replace this one? (y, n, a: all, ^C) ", "");
        key = tolower(next_key());
      } while (!strchr("yna", key) && key > 0 && key != CTRL('c'));
      if (key <= 0 || key == CTRL('c')) break;
      if (key == 'n') {
        from = found+1;
        continue;
      }
      all = key == 'a';
    }
    edit_change(found, 0, strlen(what));
    edit_change(found, with, strlen(with));
    from = found+strlen(with);
    if (round || found < begun) begun += strlen(with)-strlen(what);
    count++;
  }
  if (with) {
    free(TT.find);
    TT.find = xstrdup(what);
    tell("Replaced %zu", count);
  }
  free(what);
  free(with);
}

static void cut_line(void)
{
  size_t from = edit_line_start(TT.at), to = edit_line_end(TT.at), length;

  if (to < TT.length) to++;
  if (!(length = to-from)) return;
  if (!TT.cutting) TT.cut_length = 0;
  TT.cut = xrealloc(TT.cut, TT.cut_length+length);
  edit_copy_out(TT.cut+TT.cut_length, from, length);
  TT.cut_length += length;
  edit_change(from, 0, length);
}

static void vertical(int lines)
{
  size_t at = edit_line_start(TT.at);

  if (TT.wanted < 0) TT.wanted = edit_column_of(TT.at);
  for (; lines < 0 && at; lines++) at = edit_line_start(at-1);
  for (; lines > 0 && edit_line_end(at) < TT.length; lines--) at = edit_line_end(at)+1;
  TT.at = edit_at_column(at, TT.wanted);
}

static int in_word(size_t at)
{
  return at < TT.length && (isalnum(edit_byte_at(at)) || edit_byte_at(at) == '_' || edit_byte_at(at) >= 0x80);
}

static void word(int back)
{
  if (back) {
    while (TT.at && !in_word(TT.at-1)) TT.at--;
    while (TT.at && in_word(TT.at-1)) TT.at--;
  } else {
    while (in_word(TT.at)) TT.at++;
    while (TT.at < TT.length && !in_word(TT.at)) TT.at++;
  }
}

static void go_to_line(void)
{
  char *answer = ask("Line: ", 0);

  if (answer && atol(answer) > 0) TT.at = edit_start_of_line_number(atol(answer));
  free(answer);
}

static void where(void)
{
  tell("line %zu of %zu, column %d, byte %zu of %zu", edit_line_number(TT.at), edit_line_number(TT.length),
    edit_column_of(TT.at)+1, TT.at, TT.length);
}

// A command of vi. Returns whether the file is done with.
static int colon(void)
{
  char *line = ask(":", 0), *name;
  int done = 0, writes, quits;

  if (!line) return 0;
  writes = strchr("wx", *line) && *line;
  quits = strchr("qx", *line) || (*line == 'w' && line[1] == 'q');
  name = strchr(line, ' ');
  if (isdigit(*line)) TT.at = edit_start_of_line_number(maxof(atol(line), 1));
  else if (!writes && !(*line && quits)) tell("\"%s\" is none of w, q, wq, x, q! and line numbers", line);
  else if (writes && name && name[1]) {
    free(TT.name);
    TT.name = xstrdup(name+1);
    done = save(0) && quits;
  } else if (writes) done = save(0) && quits;
  else if (TT.undo == TT.saved || strchr(line, '!')) done = 1;
  else TT.message = "Not saved: w saves, q! leaves without";
  free(line);

  return done;
}

static void suspend(void)
{
  edit_close_terminal();
  kill(0, SIGTSTP);
  edit_open_terminal();
}

static void insert(char *bytes, int length)
{
  edit_change(TT.at, bytes, length);
}

// What is pasted, line ends as a terminal sends them.
static void paste(void)
{
  char *bytes = 0;
  size_t length = 0, room = 0;
  int key;

  TT.pasting = 1;
  while ((key = next_key()) != K_PASTED && key >= 0) {
    if (key >= K_UP && !(key&K_BYTE)) continue;
    if (length == room) bytes = xrealloc(bytes, room = 2*room+256);
    bytes[length++] = key == '\r' ? '\n' : key;
  }
  TT.pasting = 0;
  edit_change(TT.at, bytes, length);
  free(bytes);
}

// Returns 1 when the file is done with, -1 when the terminal is gone.
static int do_key(int key)
{
  int page = TT.rows-6 > 1 ? TT.rows-6 : 1, cutting = TT.cutting, wanted = TT.wanted;
  size_t to;
  char byte = key;

  TT.cutting = 0;
  TT.wanted = -1;
  if (key < 0) return -1;
  if (key == K_RESIZE || key == K_NONE) {
    TT.cutting = cutting;
    TT.wanted = wanted;

    return 0;
  }
  TT.message = 0;
  if (key == '\r') byte = '\n';
  if (key == '\r' || key == '\n' || key == '\t' || (key >= ' ' && key < 127) || (key&K_BYTE)) insert(&byte, 1);
  else if (key == K_UP || key == K_DOWN || key == CTRL('p') || key == CTRL('n')) {
    TT.wanted = wanted;
    vertical(key == K_UP || key == CTRL('p') ? -1 : 1);
  } else if (key == K_PAGE_UP || key == K_PAGE_DOWN || key == CTRL('y') || key == CTRL('v')) {
    TT.wanted = wanted;
    vertical(key == K_PAGE_UP || key == CTRL('y') ? -page : page);
  } else switch (key) {
    case K_LEFT: case CTRL('b'): TT.at = edit_previous_character(TT.at); break;
    case K_RIGHT: case CTRL('f'): TT.at = edit_next_character(TT.at); break;
    case K_HOME: case CTRL('a'): TT.at = edit_line_start(TT.at); break;
    case K_END: case CTRL('e'): TT.at = edit_line_end(TT.at); break;
    case K_START: case K_META|'\\': TT.at = 0; break;
    case K_FINISH: case K_META|'/': TT.at = TT.length; break;
    case K_WORD_LEFT: case K_META|'b': word(1); break;
    case K_WORD_RIGHT: case K_META|'f': word(0); break;
    case 127: case CTRL('h'):
      to = TT.at;
      TT.at = edit_previous_character(to);
      edit_change(TT.at, 0, to-TT.at);
      break;
    case K_DELETE: case CTRL('d'): edit_change(TT.at, 0, edit_next_character(TT.at)-TT.at); break;
    case CTRL('k'):
      TT.cutting = cutting;
      cut_line();
      TT.cutting = 1;
      break;
    case CTRL('u'): insert(TT.cut, TT.cut_length); break;
    case CTRL('w'): find_next(0); break;
    case K_META|'w': find_next(1); break;
    case K_META|'r': case CTRL('\\'): replace(); break;
    case K_META|'g': case 31: go_to_line(); break;
    case K_META|'u': edit_take_back(&TT.undo, &TT.redo, 0, "Nothing to undo"); break;
    case K_META|'e': edit_take_back(&TT.redo, &TT.undo, 1, "Nothing to redo"); break;
    case K_META|':': return colon();
    case K_PASTE: paste(); break;
    case CTRL('o'): save(1); break;
    case CTRL('s'): save(0); break;
    case CTRL('x'): return may_leave();
    case CTRL('c'): where(); break;
    case CTRL('g'): TT.message = "^ is Ctrl, M- is Alt, or Escape before the key; \"help edit\" in the shell says more"; break;
    case CTRL('l'): edit_resize(); break;
    case CTRL('z'): suspend(); break;
    default: TT.message = "Nothing is on this key";
  }

  return 0;
}

// Returns 0 when the terminal is gone.
static int edit(char *name, size_t line)
{
  int fd = name ? open(name, O_RDONLY) : -1, done;
  struct stat status;

  if (fd >= 0 && !fstat(fd, &status) && S_ISDIR(status.st_mode)) {
    tell("%s is a directory", name);
    name = 0;
  } else if (fd >= 0) {
    char *bytes = xmalloc(65536);
    ssize_t got;

    while ((got = read(fd, bytes, 65536)) > 0) edit_put(TT.length, bytes, got);
    if (got < 0) tell("Error reading %s: %s", name, strerror(errno));
    free(bytes);
  } else if (name && errno != ENOENT) tell("%s: %s", name, strerror(errno));
  else if (name) tell("New file");
  if (fd >= 0) close(fd);
  TT.name = name ? xstrdup(name) : 0;
  TT.wanted = -1;
  if (line > 1) TT.at = edit_start_of_line_number(line);
  if (!TT.message && TT.as_vi)
    TT.message = "This is edit, a small editor: just type. ^O saves, ^X leaves; Escape and : takes w, q, wq";
  do {
    if (!has_input(0)) edit_draw(0, 0);
  } while (!(done = ended ? -1 : do_key(next_key())));
  if (done < 0 && TT.undo != TT.saved) {
    char *kept = xmprintf("%s.save", TT.name ? TT.name : "edit");

    write_file(kept);
    free(kept);
  }
  edit_forget(&TT.undo);
  edit_forget(&TT.redo);
  free(TT.name);
  free(TT.text);
  TT.name = TT.text = TT.message = 0;
  TT.saved = 0;
  TT.gap = TT.gap_length = TT.length = TT.at = TT.top = TT.left = 0;

  return done > 0;
}

void edit_main(void)
{
  struct sigaction action = {.sa_handler = on_signal};
  int signals[] = {SIGWINCH, SIGTERM, SIGHUP}, i;
  size_t line = 0;
  char **names = toys.optargs;

  if (!isatty(0) || !isatty(1)) error_exit("needs a terminal");
  TT.as_vi = *toys.which->name == 'v';
  for (i = 0; i < ARRAY_LEN(signals); i++) sigaction(signals[i], &action, 0);
  edit_open_terminal();
  do {
    if (*names && **names == '+') line = atol(1+*names++);
  } while (edit(*names, line) && *names && *++names);
  edit_close_terminal();
  if (ended) toys.exitval = 128+ended;
}
