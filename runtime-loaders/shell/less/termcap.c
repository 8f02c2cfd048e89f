/* The capabilities of one terminal, the one of our page (xterm), for programs that ask termcap(3). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name, *value;
} strings[] = {
    {"ti", "\033[?1049h"}, {"te", "\033[?1049l"}, {"ks", "\033[?1h\033="}, {"ke", "\033[?1l\033>"},
    {"ce", "\033[K"},      {"cd", "\033[J"},      {"cl", "\033[H\033[2J"}, {"cm", "\033[%i%d;%dH"},
    {"ho", "\033[H"},      {"cr", "\r"},          {"al", "\033[L"},        {"sr", "\033M"},
    {"le", "\b"},          {"bc", "\b"},          {"so", "\033[7m"},       {"se", "\033[27m"},
    {"us", "\033[4m"},     {"ue", "\033[24m"},    {"md", "\033[1m"},       {"mb", "\033[5m"},
    {"me", "\033[m"},      {"ku", "\033OA"},      {"kd", "\033OB"},        {"kr", "\033OC"},
    {"kl", "\033OD"},      {"kh", "\033OH"},      {"@7", "\033OF"},        {"kP", "\033[5~"},
    {"kN", "\033[6~"},     {"kD", "\033[3~"},     {"kb", "\177"},          {"MOUSE_START", "\033[?1000h\033[?1006h"},
    {"MOUSE_END", "\033[?1006l\033[?1000l"},
};

int tgetent(char *buffer, const char *terminal) {
  *buffer = 0;
  return 1;
}

int tgetflag(const char *name) { return !strcmp(name, "am") || !strcmp(name, "xn") || !strcmp(name, "bs"); }

int tgetnum(const char *name) { return !strcmp(name, "co") ? 80 : !strcmp(name, "li") ? 24 : -1; }

char *tgetstr(const char *name, char **area) {
  for (size_t index = 0; index < sizeof strings / sizeof *strings; index++)
    if (!strcmp(strings[index].name, name)) {
      char *found = strcpy(*area, strings[index].value);
      *area += strlen(found) + 1;
      return found;
    }
  return NULL;
}

char *tgoto(const char *capability, int column, int row) {
  static char moved[32];
  snprintf(moved, sizeof moved, "\033[%d;%dH", row + 1, column + 1);
  return moved;
}

int tputs(const char *text, int lines, int (*put)(int)) {
  if (text != NULL)
    while (*text) put((unsigned char)*text++);
  return 0;
}
