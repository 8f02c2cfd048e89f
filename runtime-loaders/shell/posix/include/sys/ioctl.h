#ifndef POSIX_SYS_IOCTL_H
#define POSIX_SYS_IOCTL_H

#define __wasilibc___header_sys_ioctl_h

#ifdef __cplusplus
extern "C" {
#endif

#define FIONREAD 1
#define FIONBIO 2
#define TIOCGPGRP 0x540F
#define TIOCSPGRP 0x5410
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414
#define TIOCNOTTY 0x5422
#define TIOCSCTTY 0x540E

struct winsize {
  unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel;
};

int ioctl(int, int, ...);

#ifdef __cplusplus
}
#endif
#endif
