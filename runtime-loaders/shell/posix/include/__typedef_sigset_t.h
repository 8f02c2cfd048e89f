#ifndef __wasilibc___typedef_sigset_t_h
#define __wasilibc___typedef_sigset_t_h
/* wasi-libc's holds eight signals. */
typedef unsigned long long sigset_t;
#endif
