/* Signals as in POSIX; wasi-libc has only raise(3) and signal(3). Handlers run when the program makes a call. */
#ifndef _SIGNAL_H
#define _SIGNAL_H

#include <features.h>
#define __NEED_size_t
#define __NEED_pid_t
#define __NEED_uid_t
#define __NEED_sigset_t
#define __NEED_struct_timespec
#include <bits/alltypes.h>
#include <__struct_timespec.h>
#include <__typedef_sigset_t.h>
#include <__typedef_uid_t.h>
#include <bits/signal.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NSIG _NSIG
#define SIGCLD SIGCHLD

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SA_NOCLDSTOP 1
#define SA_NOCLDWAIT 2
#define SA_SIGINFO 4
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000

#define SIG_ERR ((void (*)(int))-1)
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)

typedef int sig_atomic_t;
typedef void (*sighandler_t)(int);
typedef void (*sig_t)(int);

union sigval {
  int sival_int;
  void *sival_ptr;
};
/* No more is known of who sent one. */
typedef struct {
  int si_signo, si_errno, si_code;
  pid_t si_pid;
  uid_t si_uid;
  int si_status;
  void *si_addr;
  union sigval si_value;
} siginfo_t;
#define SI_USER 0

struct sigaction {
  union {
    void (*sa_handler)(int);
    void (*sa_sigaction)(int, siginfo_t *, void *);
  } __handler;
  sigset_t sa_mask;
  int sa_flags;
};
#define sa_handler __handler.sa_handler
#define sa_sigaction __handler.sa_sigaction

void (*signal(int, void (*)(int)))(int);
int raise(int);
int kill(pid_t, int);
int killpg(pid_t, int);
int sigaction(int, const struct sigaction *__restrict, struct sigaction *__restrict);
int sigprocmask(int, const sigset_t *__restrict, sigset_t *__restrict);
int sigsuspend(const sigset_t *);
int sigpending(sigset_t *);
int siginterrupt(int, int);
int sigemptyset(sigset_t *);
int sigfillset(sigset_t *);
int sigaddset(sigset_t *, int);
int sigdelset(sigset_t *, int);
int sigismember(const sigset_t *, int);
void psignal(int, const char *);

#ifdef __cplusplus
}
#endif
#endif
