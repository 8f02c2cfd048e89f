#ifndef POSIX_STDIO_H
#define POSIX_STDIO_H

#include_next <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define P_tmpdir "/tmp"
#define L_ctermid 20
FILE *popen(const char *, const char *);
int pclose(FILE *);
FILE *tmpfile(void);

#ifdef __cplusplus
}
#endif
#endif
