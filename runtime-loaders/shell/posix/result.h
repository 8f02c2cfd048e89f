/* What a call of WASI or ours returned, as POSIX returns it. */
#ifndef RESULT_H
#define RESULT_H

#include <errno.h>

static inline int result(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

#endif
