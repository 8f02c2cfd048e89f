/* Limits, priorities, times and names of the machine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <posix.h>
#include "result.h"

static const rlim_t open_files = 1024;

int getrlimit(int resource, struct rlimit *limit) {
  if (resource < 0 || resource >= RLIM_NLIMITS) return result(EINVAL);
  rlim_t most = resource == RLIMIT_NOFILE ? open_files : resource == RLIMIT_CORE ? 0 : RLIM_INFINITY;
  *limit = (struct rlimit){most, most};
  return 0;
}

/* Limits are the page's; none can be set from inside, and asking for more than there is fails. */
int setrlimit(int resource, const struct rlimit *limit) {
  struct rlimit now;
  if (getrlimit(resource, &now) != 0) return -1;
  return limit->rlim_cur == now.rlim_cur && limit->rlim_max == now.rlim_max ? 0 : result(EPERM);
}

int getdtablesize(void) { return open_files; }

int getpriority(int which, id_t who) { return 0; }
int setpriority(int which, id_t who, int priority) { return priority >= 0 ? 0 : result(EACCES); }
int nice(int by) { return by >= 0 ? 0 : result(EPERM); }
int getloadavg(double *averages, int count) {
  for (int index = 0; index < count && index < 3; index++) averages[index] = 0;
  return count < 3 ? count : 3;
}

/* Only the time that passes is known, not who used it. */
static long long used_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long started;
__attribute__((constructor)) static void note_start(void) { started = used_us(); }

int getrusage(int who, struct rusage *usage) {
  memset(usage, 0, sizeof *usage);
  if (who == RUSAGE_CHILDREN) return 0;
  if (who != RUSAGE_SELF) return result(EINVAL);
  long long spent = used_us() - started;
  usage->ru_utime = (struct timeval){spent / 1000000, spent % 1000000};
  return 0;
}

static const long ticks_per_second = 100;

clock_t times(struct tms *times) {
  long long now = used_us();
  *times = (struct tms){.tms_utime = (now - started) * ticks_per_second / 1000000};
  return now * ticks_per_second / 1000000;
}

clock_t clock(void) { return used_us() - started; }

int setitimer(int which, const struct itimerval *wanted, struct itimerval *before) {
  if (which != ITIMER_REAL) return result(EINVAL);
  uint32_t left = 0;
  long long first = wanted->it_value.tv_sec * 1000LL + (wanted->it_value.tv_usec + 999) / 1000;
  long long then = wanted->it_interval.tv_sec * 1000LL + (wanted->it_interval.tv_usec + 999) / 1000;
  if (result(we_alarm(first, then, &left)) != 0) return -1;
  if (before != NULL) *before = (struct itimerval){.it_value = {left / 1000, left % 1000 * 1000}};
  return 0;
}

int settimeofday(const struct timeval *time, const struct timezone *zone) { return result(EPERM); }

long sysconf(int name) {
  switch (name) {
    case _SC_ARG_MAX:
      return 131072;
    case _SC_CLK_TCK:
      return ticks_per_second;
    case _SC_OPEN_MAX:
      return open_files;
    case _SC_PAGESIZE:
      return 65536;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
      return 1;
    case _SC_CHILD_MAX:
      return 256;
    case _SC_NGROUPS_MAX:
      return 1;
    case _SC_LOGIN_NAME_MAX:
    case _SC_HOST_NAME_MAX:
    case _SC_TTY_NAME_MAX:
      return 64;
    case _SC_GETPW_R_SIZE_MAX:
    case _SC_GETGR_R_SIZE_MAX:
      return 1024;
    case _SC_LINE_MAX:
      return 2048;
    case _SC_IOV_MAX:
      return 1024;
    case _SC_JOB_CONTROL:
      return 1;
    case _SC_VERSION:
      return 200809;
    default:
      return result(EINVAL);
  }
}

static const char *host(void) {
  const char *name = getenv("HOSTNAME");
  return name != NULL && *name != 0 ? name : "page";
}

int uname(struct utsname *names) {
  memset(names, 0, sizeof *names);
  strcpy(names->sysname, "wasm-elements");
  snprintf(names->nodename, sizeof names->nodename, "%s", host());
  strcpy(names->release, "1.0");
  strcpy(names->version, "1");
  strcpy(names->machine, "wasm32");
  return 0;
}

int gethostname(char *buffer, size_t size) {
  size_t length = strlen(host());
  if (length >= size) return result(ENAMETOOLONG);
  memcpy(buffer, host(), length + 1);
  return 0;
}

int sethostname(const char *name, size_t length) { return result(EPERM); }

/* What is written is with the kernel already. */
void sync(void) {}
int syncfs(int fd) { return 0; }
