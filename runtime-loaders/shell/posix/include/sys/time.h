#ifndef POSIX_SYS_TIME_H
#define POSIX_SYS_TIME_H

#include_next <sys/time.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ITIMER_REAL
#define ITIMER_REAL 0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF 2
struct itimerval {
  struct timeval it_interval, it_value;
};
int setitimer(int, const struct itimerval *, struct itimerval *);
int getitimer(int, struct itimerval *);
#endif
int settimeofday(const struct timeval *, const struct timezone *);

#ifdef __cplusplus
}
#endif
#endif
