/* wasi-libc has setjmp; a mask is not kept with it, but by siglongjmp's. */
#ifndef POSIX_SETJMP_H
#define POSIX_SETJMP_H
#include_next <setjmp.h>
#define sigsetjmp(buffer, mask) setjmp(buffer)
#define siglongjmp(buffer, value) longjmp(buffer, value)
#endif
