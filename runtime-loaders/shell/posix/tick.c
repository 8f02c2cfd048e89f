/* Signals reach a program when it makes a call. A loop that makes none calls this. */
#include <posix.h>
#include <time.h>

/* A call suspends the program, which takes a while; asking for the time does not, and is not free either. */
static const long interval_ns = 20000000;
static const unsigned calls_between = 64;

void posix_tick(void) {
  static unsigned calls;
  static struct timespec last;
  struct timespec now;
  if (++calls < calls_between) return;
  calls = 0;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if ((now.tv_sec - last.tv_sec) * 1000000000LL + now.tv_nsec - last.tv_nsec < interval_ns) return;
  last = now;
  int32_t ids[4];
  we_identity(0, ids);
}
