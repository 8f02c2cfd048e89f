/* timeout.c - run a command with a time limit.

USE_TIMEOUT(NEWTOY(timeout, "<2^(foreground)(preserve-status)v(verbose)k(kill-after):s(signal):", TOYFLAG_USR|TOYFLAG_BIN|TOYFLAG_ARGFAIL(125)))

config TIMEOUT
  bool "timeout"
  default y
  help
    usage: timeout [-v] [-k DURATION] [-s SIGNAL] DURATION COMMAND...

    Run COMMAND, and end it by a signal when it has not ended in time; the exit code is 124 then.

    DURATION may be a decimal fraction, with "s" (default), "m", "h" or "d" behind it; 0: no limit.

    -k	Send KILL so long after the first signal
    -s	Signal to send (default TERM)
    -v	Say so
    --foreground       The command stays in our process group
    --preserve-status  The exit code is the command's
*/

#define FOR_timeout
#include "toys.h"

GLOBALS(
  char *s, *k;

  int rang, other;
)

static void on_alarm(int signal)
{
  TT.rang = 1;
}

static void on_signal(int signal)
{
  TT.other = signal;
}

static void set_alarm(char *duration)
{
  long long ms = xparsemillitime(duration);
  struct itimerval timer = {.it_value = {ms/1000, ms%1000*1000}};

  if (ms) setitimer(ITIMER_REAL, &timer, 0);
}

static void send_signal(pid_t pid, int signal)
{
  if (FLAG(v)) error_msg("sending signal %s to command '%s'", num_to_sig(signal), toys.optargs[1]);
  // A group of the command's own, unless it has ended meanwhile.
  if (FLAG(foreground) || kill(-pid, signal)) kill(pid, signal);
  if (signal != SIGKILL && signal != SIGCONT) kill(FLAG(foreground) ? pid : -pid, SIGCONT);
}

void timeout_main(void)
{
  int signal = SIGTERM, status, sent = 0;
  pid_t pid;

  toys.exitval = 125;
  xparsemillitime(*toys.optargs);
  if (TT.k) xparsemillitime(TT.k);
  if (TT.s && 0>(signal = sig_to_num(TT.s))) error_exit("%s: invalid signal", TT.s);
  xsignal(SIGALRM, on_alarm);
  xsignal(SIGTERM, on_signal);
  xsignal(SIGINT, on_signal);
  xsignal(SIGHUP, on_signal);

  if (0>(pid = spawn_child(toys.optargs+1, 0, 0, FLAG(foreground) ? 0 : SPAWN_GROUP))) {
    toys.exitval = 126+(errno==ENOENT);
    perror_msg("%s", toys.optargs[1]);

    return;
  }
  set_alarm(*toys.optargs);
  while (0>waitpid(pid, &status, 0)) {
    if (errno != EINTR) perror_exit("wait");
    if (TT.other) send_signal(pid, TT.other), TT.other = 0;
    if (!TT.rang) continue;
    TT.rang = 0;
    send_signal(pid, sent ? SIGKILL : signal);
    if (sent++ || !TT.k) signal = sent>1 ? SIGKILL : signal;
    else set_alarm(TT.k);
  }
  toys.exitval = WIFEXITED(status) ? WEXITSTATUS(status) : 128+WTERMSIG(status);
  // As GNU's: a command that had to be killed says so.
  if (sent && !FLAG(preserve_status)) toys.exitval = sent>1 || signal==SIGKILL ? 137 : 124;
}
