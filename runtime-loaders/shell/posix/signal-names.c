/* strsignal(3), with the words of Linux. */
#include <signal.h>
#include <string.h>

static const char *const names[] = {
    "Unknown signal",       "Hangup",
    "Interrupt",            "Quit",
    "Illegal instruction",  "Trace/breakpoint trap",
    "Aborted",              "Bus error",
    "Floating point exception", "Killed",
    "User defined signal 1", "Segmentation fault",
    "User defined signal 2", "Broken pipe",
    "Alarm clock",          "Terminated",
    "Stack fault",          "Child exited",
    "Continued",            "Stopped (signal)",
    "Stopped",              "Stopped (tty input)",
    "Stopped (tty output)", "Urgent I/O condition",
    "CPU time limit exceeded", "File size limit exceeded",
    "Virtual timer expired", "Profiling timer expired",
    "Window changed",       "I/O possible",
    "Power failure",        "Bad system call",
};

char *strsignal(int number) {
  unsigned index = number > 0 && number < (int)(sizeof names / sizeof *names) ? number : 0;
  return (char *)names[index];
}
