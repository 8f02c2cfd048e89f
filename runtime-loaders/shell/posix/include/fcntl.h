#ifndef POSIX_FCNTL_H
#define POSIX_FCNTL_H

#include_next <fcntl.h>

/* Bits that preview 1 leaves free; open(2) of ours takes them out. */
#undef O_CLOEXEC
#define O_CLOEXEC 0x00800000
#undef O_PATH
#define O_PATH 0x00400000

#define F_DUPFD 0
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_DUPFD_CLOEXEC 1030
#ifndef F_RDLCK
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#ifndef FD_CLOEXEC
#define FD_CLOEXEC 1
#endif

#endif
