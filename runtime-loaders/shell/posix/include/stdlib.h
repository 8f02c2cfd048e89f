#ifndef POSIX_STDLIB_H
#define POSIX_STDLIB_H

#include_next <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

int mkstemp(char *);
int mkostemp(char *, int);
int mkstemps(char *, int);
char *mkdtemp(char *);
char *mktemp(char *);
int system(const char *);
int getloadavg(double *, int);

#ifdef __cplusplus
}
#endif
#endif
