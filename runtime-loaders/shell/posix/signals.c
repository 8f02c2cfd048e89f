/* Signals: handlers and a mask of the program's own. The loader runs `we_signal_handler` when the program makes a call;
 * what is blocked waits here. What is blocked and would end or stop the program is caught meanwhile, because the
 * kernel knows no mask. */
#include <errno.h>
#include <posix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "result.h"
#include "signals.h"

static struct sigaction actions[_NSIG];
static sigset_t blocked, pending;
/* How many signals were handled; sigsuspend waits for one more. */
static unsigned handled;

static sigset_t bit(int number) { return 1ULL << (number - 1); }
static int is_signal(int number) { return number > 0 && number < 32; }

static int ignored_by_default(int number) {
  return number == SIGCHLD || number == SIGCONT || number == SIGURG || number == SIGWINCH;
}

static void handle(int number) {
  struct sigaction action = actions[number];
  if (action.sa_handler == SIG_IGN) return;
  if (action.sa_handler == SIG_DFL) {
    // It was blocked when it came.
    if (ignored_by_default(number)) return;
    we_signal(number, WE_SIGNAL_DEFAULT);
    int32_t ids[4];
    if (we_identity(0, ids) == 0) we_kill(ids[0], number);
    return;
  }
  handled++;
  if ((action.sa_flags & SA_RESETHAND) != 0) signal(number, SIG_DFL);
  sigset_t before = blocked;
  blocked |= action.sa_mask | ((action.sa_flags & SA_NODEFER) != 0 ? 0 : bit(number));
  int error = errno;
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    siginfo_t info = {.si_signo = number};
    action.sa_sigaction(number, &info, NULL);
  } else action.sa_handler(number);
  errno = error;
  blocked = before;
}

/* Handles what waited and is no longer blocked. */
static void deliver(void) {
  while ((pending & ~blocked) != 0) {
    int number = __builtin_ctzll(pending & ~blocked) + 1;
    pending &= ~bit(number);
    handle(number);
  }
}

WE_SIGNAL_HANDLER(number) {
  if (!is_signal(number)) return;
  pending |= bit(number);
  deliver();
}

/* What was ignored when the program began is so until it says otherwise. */
static void learn_ignored(void) {
  static int is_known;
  uint64_t mask;
  if (is_known) return;
  is_known = 1;
  if (we_ignored_signals(&mask) != 0) return;
  for (int number = 1; number < 32; number++)
    if ((mask & bit(number)) != 0) actions[number].sa_handler = SIG_IGN;
}

/* Tells the kernel what to do with a signal. */
static int arrange(int number) {
  void (*handler)(int) = actions[number].sa_handler;
  int is_blocked = (blocked & bit(number)) != 0;
  unsigned disposition = (actions[number].sa_flags & SA_RESTART) != 0 ? WE_SIGNAL_RESTART : WE_SIGNAL_CATCH;
  if (handler == SIG_IGN) disposition = WE_SIGNAL_IGNORE;
  else if (handler == SIG_DFL) {
    disposition = is_blocked && !ignored_by_default(number) ? WE_SIGNAL_RESTART : WE_SIGNAL_DEFAULT;
  }
  return we_signal(number, disposition);
}

int sigaction(int number, const struct sigaction *wanted, struct sigaction *before) {
  if (!is_signal(number)) return result(EINVAL);
  learn_ignored();
  struct sigaction old = actions[number];
  if (wanted != NULL) {
    if (number == SIGKILL || number == SIGSTOP) return result(EINVAL);
    actions[number] = *wanted;
    if (wanted->sa_handler == SIG_IGN) pending &= ~bit(number);
    int same = wanted->sa_handler == old.sa_handler && ((wanted->sa_flags ^ old.sa_flags) & SA_RESTART) == 0;
    int error = same ? 0 : arrange(number);
    if (error != 0) {
      actions[number] = old;
      return result(error);
    }
  }
  if (before != NULL) *before = old;
  return 0;
}

void (*signal(int number, void (*handler)(int)))(int) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
  return sigaction(number, &action, &before) != 0 ? SIG_ERR : before.sa_handler;
}

int siginterrupt(int number, int interrupts) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) != 0) return -1;
  action.sa_flags = interrupts ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
  return sigaction(number, &action, NULL);
}

static void block(sigset_t wanted) {
  learn_ignored();
  sigset_t changed = (blocked ^ wanted) & ~(bit(SIGKILL) | bit(SIGSTOP)) & 0x7fffffff;
  blocked ^= changed;
  for (; changed != 0; changed &= changed - 1) {
    int number = __builtin_ctzll(changed) + 1;
    if (actions[number].sa_handler == SIG_DFL && !ignored_by_default(number)) arrange(number);
  }
}

int sigprocmask(int how, const sigset_t *set, sigset_t *before) {
  if (before != NULL) *before = blocked;
  if (set == NULL) return 0;
  if (how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK) return result(EINVAL);
  block(how == SIG_BLOCK ? blocked | *set : how == SIG_UNBLOCK ? blocked & ~*set : *set);
  deliver();
  return 0;
}

int sigsuspend(const sigset_t *set) {
  sigset_t before = blocked;
  unsigned so_far = handled;
  block(*set);
  deliver();
  while (handled == so_far) we_pause();
  block(before);
  return result(EINTR);
}

int pause(void) {
  sigset_t mask = blocked;
  return sigsuspend(&mask);
}

int sigpending(sigset_t *set) {
  *set = pending;
  return 0;
}

int kill(pid_t pid, int number) { return result(we_kill(pid, number)); }

int killpg(pid_t group, int number) {
  if (group < 0) return result(EINVAL);
  return kill(-group, number);
}

int raise(int number) { return kill(getpid(), number); }

/* A copy starts with nothing waiting for it. */
void signals_after_clone(void) { pending = 0; }

int sigemptyset(sigset_t *set) {
  *set = 0;
  return 0;
}
int sigfillset(sigset_t *set) {
  *set = ~0ULL;
  return 0;
}
int sigaddset(sigset_t *set, int number) {
  if (!is_signal(number)) return result(EINVAL);
  *set |= bit(number);
  return 0;
}
int sigdelset(sigset_t *set, int number) {
  if (!is_signal(number)) return result(EINVAL);
  *set &= ~bit(number);
  return 0;
}
int sigismember(const sigset_t *set, int number) { return is_signal(number) && (*set & bit(number)) != 0; }

void psignal(int number, const char *prefix) {
  if (prefix != NULL && *prefix != 0) fprintf(stderr, "%s: ", prefix);
  fprintf(stderr, "%s\n", strsignal(number));
}
