/* What the files of edit share. */
#ifndef EDIT_H
#define EDIT_H

struct edit_change {
  struct edit_change *before;
  char *bytes;
  size_t at, length;
  int inserted, joined;
};

// ── edit-text.c ──

int edit_byte_at(size_t at);
void edit_put(size_t at, char *bytes, size_t length);
void edit_copy_out(char *to, size_t at, size_t length);
void edit_forget(struct edit_change **list);
void edit_change(size_t at, char *bytes, size_t length);
void edit_take_back(struct edit_change **from, struct edit_change **to, int insert, char *nothing);
size_t edit_line_start(size_t at);
size_t edit_line_end(size_t at);
int edit_character(size_t at, int column, int *width, char *bytes);
size_t edit_next_character(size_t at);
size_t edit_previous_character(size_t at);
int edit_column_of(size_t at);
size_t edit_at_column(size_t from, int wanted);
size_t edit_line_number(size_t at);
size_t edit_start_of_line_number(size_t number);

// ── edit-screen.c ──

extern volatile int edit_resized;
void edit_say(char *text);
void edit_flush_screen(void);
void edit_resize(void);
void edit_draw(char *prompt, char *answer);
void edit_open_terminal(void);
void edit_close_terminal(void);

#endif
