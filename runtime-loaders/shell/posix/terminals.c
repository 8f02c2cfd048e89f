/* Terminals. */
#include <errno.h>
#include <fcntl.h>
#include <posix.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "result.h"

_Static_assert(sizeof(struct termios) == sizeof(struct we_termios), "the kernel's struct");

int isatty(int fd) {
  struct we_terminal terminal;
  return result(we_terminal(fd, &terminal)) == 0;
}

int __isatty(int fd) { return isatty(fd); }

/* A process has one terminal, the one of its session. */
char *ttyname(int fd) { return isatty(fd) ? "/dev/tty" : NULL; }

int ttyname_r(int fd, char *buffer, size_t size) {
  if (!isatty(fd)) return errno;
  if (size < sizeof "/dev/tty") return ERANGE;
  strcpy(buffer, "/dev/tty");
  return 0;
}

char *ctermid(char *buffer) {
  static char own[L_ctermid];
  return strcpy(buffer == NULL ? own : buffer, "/dev/tty");
}

pid_t tcgetpgrp(int fd) {
  struct we_terminal terminal;
  return result(we_terminal(fd, &terminal)) != 0 ? -1 : terminal.foreground;
}

pid_t tcgetsid(int fd) {
  struct we_terminal terminal;
  return result(we_terminal(fd, &terminal)) != 0 ? -1 : terminal.session;
}

int tcsetpgrp(int fd, pid_t group) { return result(we_set_foreground(fd, group)); }

int tcgetattr(int fd, struct termios *attributes) {
  return result(we_terminal_attributes(fd, (struct we_termios *)attributes));
}

int tcsetattr(int fd, int when, const struct termios *attributes) {
  return result(we_set_terminal_attributes(fd, (const struct we_termios *)attributes, when));
}

int tcdrain(int fd) { return result(we_drain_terminal(fd)); }
int tcflush(int fd, int queue) { return result(we_flush_terminal(fd, queue)); }
/* There is no line to hold or break. */
int tcflow(int fd, int action) { return isatty(fd) ? 0 : -1; }
int tcsendbreak(int fd, int duration) { return isatty(fd) ? 0 : -1; }

speed_t cfgetispeed(const struct termios *attributes) { return attributes->__c_ispeed; }
speed_t cfgetospeed(const struct termios *attributes) { return attributes->__c_ospeed; }
int cfsetispeed(struct termios *attributes, speed_t speed) {
  attributes->__c_ispeed = speed;
  return 0;
}
int cfsetospeed(struct termios *attributes, speed_t speed) {
  attributes->__c_ospeed = speed;
  return 0;
}
int cfsetspeed(struct termios *attributes, speed_t speed) {
  cfsetispeed(attributes, speed);
  return cfsetospeed(attributes, speed);
}

void cfmakeraw(struct termios *attributes) {
  attributes->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  attributes->c_oflag &= ~OPOST;
  attributes->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  attributes->c_cflag = (attributes->c_cflag & ~(CSIZE | PARENB)) | CS8;
  attributes->c_cc[VMIN] = 1;
  attributes->c_cc[VTIME] = 0;
}

int ioctl(int fd, int request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  struct we_terminal terminal;
  struct winsize *size = argument;
  switch (request) {
    case TIOCGWINSZ:
      if (result(we_terminal(fd, &terminal)) != 0) return -1;
      *size = (struct winsize){.ws_row = terminal.rows, .ws_col = terminal.columns};
      return 0;
    case TIOCSWINSZ:
      return result(we_set_window_size(fd, size->ws_col, size->ws_row));
    case TIOCGPGRP:
      *(pid_t *)argument = tcgetpgrp(fd);
      return *(pid_t *)argument < 0 ? -1 : 0;
    case TIOCSPGRP:
      return tcsetpgrp(fd, *(pid_t *)argument);
    case FIONBIO: {
      int flags = fcntl(fd, F_GETFL);
      if (flags < 0) return -1;
      return fcntl(fd, F_SETFL, *(int *)argument ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    }
    default:
      return isatty(fd) ? result(EINVAL) : result(ENOTTY);
  }
}
