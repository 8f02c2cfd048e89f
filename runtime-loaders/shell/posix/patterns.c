/* Back-references in extended regular expressions, which libc has in basic ones only. It reads \+ \? and \| in those, so
 * that an extended expression with a back-reference can be said as a basic one. */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

int __real_regcomp(regex_t *, const char *, int);

/* Past a bracket expression; NULL: it has no end. */
static const char *past_brackets(const char *at) {
  at++;
  if (*at == '^') at++;
  if (*at == ']') at++;
  for (; *at != ']'; at++) {
    if (*at == 0) return NULL;
    if (*at != '[' || strchr(".:=", at[1]) == NULL || at[1] == 0) continue;
    char kind = at[1];
    for (at += 2; *at != 0 && (at[0] != kind || at[1] != ']'); at++) continue;
    if (*at == 0) return NULL;
    at++;
  }
  return at + 1;
}

static int refers_back(const char *at) {
  while (*at != 0) {
    if (*at == '[') {
      at = past_brackets(at);
      if (at == NULL) return 0;
    } else if (*at == '\\' && at[1] != 0) {
      if (at[1] >= '1' && at[1] <= '9') return 1;
      at += 2;
    } else {
      at++;
    }
  }
  return 0;
}

static const char special[] = "(){}+?|";

/* Twice as long at most. */
static void as_basic(char *to, const char *from) {
  while (*from != 0) {
    if (*from == '[') {
      const char *end = past_brackets(from);
      memcpy(to, from, end - from);
      to += end - from;
      from = end;
    } else if (*from == '\\' && from[1] != 0) {
      if (strchr(special, from[1]) == NULL) *to++ = '\\';
      *to++ = from[1];
      from += 2;
    } else {
      if (strchr(special, *from) != NULL) *to++ = '\\';
      *to++ = *from++;
    }
  }
  *to = 0;
}

int __wrap_regcomp(regex_t *expression, const char *pattern, int flags) {
  if ((flags & REG_EXTENDED) == 0 || !refers_back(pattern)) return __real_regcomp(expression, pattern, flags);
  char *basic = malloc(2 * strlen(pattern) + 1);
  if (basic == NULL) return REG_ESPACE;
  as_basic(basic, pattern);
  int code = __real_regcomp(expression, basic, flags & ~REG_EXTENDED);
  free(basic);
  return code;
}
