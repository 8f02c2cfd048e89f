/* wasm-elements: system calls for WASI preview 1 programs.
 *
 * Preview 1 has no processes, pipes or signals. A program that runs in a wasm-elements sandbox can import them
 * from the module "wasm_elements"; this header declares them for C and C++, other languages import the same
 * functions. Every call returns 0 or an error number of preview 1 (<errno.h> of wasi-libc has the same values).
 * Pointers and sizes are 32 bits wide. A call that waits suspends the program; where the browser can do that
 * neither by JavaScript Promise Integration nor by shared memory, it ends the program with a sentence.
 */
#ifndef WASM_ELEMENTS_H
#define WASM_ELEMENTS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WE_IMPORT(name) __attribute__((import_module("wasm_elements"), import_name(name)))

/* ── processes ─────────────────────────────────────────────────────────────────────────────────── */

#define WE_SPAWN_SEARCH 1      /* path has no slash: look it up in PATH, and among the runtimes */
#define WE_SPAWN_SESSION 2     /* a session and group of its own */
#define WE_SPAWN_GROUP 4       /* join `group`; 0: a group of its own */
#define WE_SPAWN_ENVIRONMENT 8 /* `env` replaces the environment of the parent */
#define WE_SPAWN_DIRECTORY 16  /* start in `cwd` */
#define WE_SPAWN_DESCRIPTORS 32 /* `fds` are all it gets; else every descriptor without WE_CLOEXEC */

struct we_descriptor {
  int32_t fd;   /* in the child */
  int32_t from; /* here */
};

struct we_spawn {
  const char *path;
  size_t path_length;
  const char *args; /* words, each followed by NUL; the first is argv[0] */
  size_t args_length;
  const char *env; /* NAME=value, each followed by NUL */
  size_t env_length;
  const char *cwd;
  size_t cwd_length;
  const struct we_descriptor *fds;
  size_t fd_count;
  uint32_t flags;
  int32_t group;
};

/* Starts a program, as posix_spawn(3). EAGAIN: the limit of processes is reached; ENOENT, ENOEXEC, E2BIG. */
int we_spawn(const struct we_spawn *request, int32_t *pid) WE_IMPORT("spawn");

/* Goes on as another program, as execve(2): pid, family, group, session, ignored signals, the alarm and the descriptors it
 * is given stay, by the same rules as of we_spawn; `group` and the flags about groups and sessions count for nothing.
 * Returns only where it cannot: ENOENT, ENOEXEC, E2BIG. */
int we_execute(const struct we_spawn *request) WE_IMPORT("execute");

/* A copy of the running program, as fork(2) makes one, but it begins at fn(arg) and ends with what that returns: for
 * shells, whose children run to their end. The copy has the memory from `from` on (all that lives: the stack above sp,
 * data and heap), every descriptor, the directories, groups and signal dispositions of its parent; no alarm, no lock.
 * Wasm globals besides the stack pointer and entries added to the function table are as at the start of the program.
 * The program must define the entry, once, by the line WE_CLONE_ENTRY; other languages export `__clone_entry(fn, arg,
 * sp)`, which sets the stack pointer and calls fn. ENOSYS: it has none; ENOMEM: more than 48 MB live; EAGAIN. Link with
 * -Wl,--stack-first, or the dead stack is copied too. Flush stdio first: what is buffered is copied. C wants <stdlib.h>. */
int we_clone_from(uint32_t from, uint32_t sp, uint32_t fn, uint32_t arg, int32_t *pid) WE_IMPORT("clone");

#define WE_CLONE_ENTRY \
  __attribute__((used)) void we_clone_begin(int (*fn)(void *), void *arg) { exit(fn(arg)); } \
  __asm__( \
      ".globaltype __stack_pointer, i32\n" \
      ".functype we_clone_begin (i32, i32) -> ()\n" \
      ".section .text.__clone_entry,\"\",@\n" \
      ".globl __clone_entry\n" \
      ".export_name __clone_entry, __clone_entry\n" \
      ".no_dead_strip __clone_entry\n" \
      ".type __clone_entry,@function\n" \
      "__clone_entry:\n" \
      ".functype __clone_entry (i32, i32, i32) -> ()\n" \
      "local.get 2\n" \
      "global.set __stack_pointer\n" \
      "local.get 0\n" \
      "local.get 1\n" \
      "call we_clone_begin\n" \
      "end_function\n")

#ifdef __wasm__
extern char __global_base; /* of the linker: where data begins */
/* Not inlined: its own frame is the lowest that lives. */
static __attribute__((noinline, unused)) int we_clone(int (*fn)(void *), void *arg, int32_t *pid) {
  uint32_t sp;
  __asm__ volatile(".globaltype __stack_pointer, i32\nglobal.get __stack_pointer\nlocal.set %0" : "=r"(sp));
  sp = (sp - 64) & ~15u;
  uint32_t data = (uint32_t)(uintptr_t)&__global_base;
  return we_clone_from(data < sp ? data : sp, sp, (uint32_t)(uintptr_t)fn, (uint32_t)(uintptr_t)arg, pid);
}
#endif

#define WE_WAIT_NO_HANG 1
#define WE_WAIT_UNTRACED 2
#define WE_WAIT_CONTINUED 8

/* As waitpid(2); *status is the status word of Linux. *waited is 0 for WE_WAIT_NO_HANG and no news. */
int we_wait(int32_t pid, uint32_t options, int32_t *status, int32_t *waited) WE_IMPORT("wait");
/* The same, but never begun again by WE_SIGNAL_RESTART: a signal that is caught ends it with EINTR, as it ends we_pause. */
int we_await(int32_t pid, uint32_t options, int32_t *status, int32_t *waited) WE_IMPORT("await");

#define WE_EXITED(status) (((status) & 0x7f) == 0)
#define WE_EXIT_CODE(status) (((status) >> 8) & 0xff)
#define WE_SIGNALED(status) ((((status) & 0x7f) + 1) >> 1 > 0 && ((status) & 0x7f) != 0x7f && ((status) & 0x7f) != 0)
#define WE_SIGNAL(status) ((status) & 0x7f)
#define WE_STOPPED(status) (((status) & 0xff) == 0x7f)
#define WE_STOP_SIGNAL(status) (((status) >> 8) & 0xff)
#define WE_WENT_ON(status) ((status) == 0xffff)

/* As kill(2). */
int we_kill(int32_t pid, int32_t signal) WE_IMPORT("kill");
/* ids: pid, parent (0: the page, or nobody any more), group, session. pid 0 asks for the caller's. */
int we_identity(int32_t pid, int32_t ids[4]) WE_IMPORT("identity");
/* The caller's own, which costs nothing to ask. */
int we_pid(int32_t *pid) WE_IMPORT("pid");
/* As setpgid(2) and setsid(2). */
int we_set_group(int32_t pid, int32_t group) WE_IMPORT("set_group");
int we_new_session(int32_t *session) WE_IMPORT("new_session");

/* ── signals (numbers of Linux) ────────────────────────────────────────────────────────────────── */

#define WE_SIGNAL_DEFAULT 0
#define WE_SIGNAL_IGNORE 1
#define WE_SIGNAL_CATCH 2   /* interrupted calls fail with EINTR */
#define WE_SIGNAL_RESTART 3 /* interrupted calls begin again, as with SA_RESTART */

/* Sets what happens with a signal. Caught ones are handed to the function that WE_SIGNAL_HANDLER defines, when
 * the program makes its next call. ENOSYS: it defines none. */
int we_signal(int32_t number, uint32_t disposition) WE_IMPORT("signal");
#define WE_SIGNAL_HANDLER(parameter) \
  __attribute__((export_name("__wasm_elements_signal"))) void we_signal_handler(int32_t parameter)
/* *mask: bit n - 1 where signal n was ignored when the program began, as its parent had it. */
int we_ignored_signals(uint64_t *mask) WE_IMPORT("ignored_signals");
/* Waits for a signal: EINTR. */
int we_pause(void) WE_IMPORT("pause");
/* SIGALRM after ms, then every interval ms (0: once); 0 ends it. *left: ms that were left. */
int we_alarm(uint32_t ms, uint32_t interval, uint32_t *left) WE_IMPORT("alarm");

/* ── descriptors ───────────────────────────────────────────────────────────────────────────────── */

#define WE_CLOEXEC 1

int we_pipe(uint32_t flags, int32_t fds[2]) WE_IMPORT("pipe");
/* As fcntl(fd, F_DUPFD, first). */
int we_duplicate(int32_t fd, int32_t first, uint32_t flags, int32_t *copy) WE_IMPORT("duplicate");
/* As dup3(2), but the same descriptor twice is fine. */
int we_duplicate_to(int32_t fd, int32_t to, uint32_t flags) WE_IMPORT("duplicate_to");
int we_descriptor_flags(int32_t fd, uint32_t *flags) WE_IMPORT("descriptor_flags");
int we_set_descriptor_flags(int32_t fd, uint32_t flags) WE_IMPORT("set_descriptor_flags");

/* ── sockets ───────────────────────────────────────────────────────────────────────────────────── */

/* The network of the sandbox: 127.0.0.1, ::1 and unix sockets; there is no other machine in it. Numbers and layouts
 * are Linux's, not those of wasi-libc's <sys/socket.h>. A socket is a descriptor: read, write, close, poll, select,
 * fcntl(O_NONBLOCK) and what wasi-libc has of recv, send, accept and shutdown work on it, and it is inherited. */
#define WE_AF_UNSPEC 0
#define WE_AF_UNIX 1
#define WE_AF_INET 2
#define WE_AF_INET6 10
#define WE_SOCK_STREAM 1
#define WE_SOCK_DGRAM 2
#define WE_SOCK_NONBLOCK 0x800
#define WE_SOCK_CLOEXEC 0x80000
#define WE_SHUT_RD 0
#define WE_SHUT_WR 1
#define WE_SHUT_RDWR 2
#define WE_MSG_PEEK 0x2
#define WE_MSG_DONTWAIT 0x40
#define WE_SOL_SOCKET 1
#define WE_SO_REUSEADDR 2
#define WE_SO_TYPE 3
#define WE_SO_ERROR 4
#define WE_SO_LINGER 13
#define WE_SO_RCVTIMEO 20
#define WE_SO_SNDTIMEO 21
#define WE_SO_ACCEPTCONN 30
#define WE_IPPROTO_TCP 6
#define WE_TCP_NODELAY 1

/* Ports and addresses are big-endian: htons(3). */
struct we_sockaddr_in {
  uint16_t family;
  uint16_t port;
  uint8_t address[4];
  uint8_t zero[8];
};
struct we_sockaddr_in6 {
  uint16_t family;
  uint16_t port;
  uint32_t flow;
  uint8_t address[16];
  uint32_t scope;
};
/* A path from the working directory, ends at a zero; or, with a zero first, an abstract name of the length given.
 * As unix(7): bind makes a file of type socket, with the umask and the permissions of its directory, which stays until
 * it is unlinked (EADDRINUSE meanwhile, ECONNREFUSED once nobody listens, EACCES without permission to write to it). */
struct we_sockaddr_un {
  uint16_t family;
  char path[108];
};

/* As socket(2), socketpair(2), bind(2), listen(2), accept4(2), connect(2), shutdown(2). `type` may have
 * WE_SOCK_NONBLOCK and WE_SOCK_CLOEXEC, and so may the flags of accept. A backlog below 1024 counts as 1024; where it
 * is full, connecting is ECONNREFUSED. connect never waits. Where *length may be NULL, no address is told. */
int we_socket(int32_t domain, int32_t type, int32_t protocol, int32_t *fd) WE_IMPORT("socket");
int we_socket_pair(int32_t domain, int32_t type, int32_t protocol, int32_t fds[2]) WE_IMPORT("socket_pair");
int we_bind(int32_t fd, const void *address, size_t length) WE_IMPORT("bind");
int we_listen(int32_t fd, int32_t backlog) WE_IMPORT("listen");
int we_accept(int32_t fd, int32_t flags, void *address, size_t *length, int32_t *accepted) WE_IMPORT("accept");
int we_connect(int32_t fd, const void *address, size_t length) WE_IMPORT("connect");
int we_shutdown(int32_t fd, int32_t how) WE_IMPORT("shutdown");
/* As sendto(2) and recvfrom(2); flags: WE_MSG_DONTWAIT, and WE_MSG_PEEK to receive. Length 0: to the peer; NULL: from
 * whomever. */
int we_send_to(int32_t fd, const void *bytes, size_t size, uint32_t flags, const void *address, size_t length,
               size_t *sent) WE_IMPORT("send_to");
int we_receive_from(int32_t fd, void *bytes, size_t size, uint32_t flags, void *address, size_t *length,
                    size_t *received) WE_IMPORT("receive_from");
/* As getsockopt(2) and setsockopt(2), of options that are an int; WE_SO_LINGER can be set, with a struct linger.
 * WE_SO_RCVTIMEO and WE_SO_SNDTIMEO are two int64_t, seconds and microseconds: EAGAIN after that (also of accept). */
int we_socket_option(int32_t fd, int32_t level, int32_t option, void *value, size_t *length) WE_IMPORT("socket_option");
int we_set_socket_option(int32_t fd, int32_t level, int32_t option, const void *value, size_t length)
    WE_IMPORT("set_socket_option");
/* As getsockname(2) and getpeername(2). */
int we_local_address(int32_t fd, void *address, size_t *length) WE_IMPORT("local_address");
int we_peer_address(int32_t fd, void *address, size_t *length) WE_IMPORT("peer_address");

/* ── the world outside, through the page ───────────────────────────────────────────────────────── */

struct we_request {
  const char *method;
  size_t method_length;
  const char *url;
  size_t url_length;
  const char *headers; /* Name: value, each followed by a line feed */
  size_t headers_length;
  const void *body;    /* NULL: none */
  size_t body_length;
};

/* Makes an HTTP request that the network grant of the sandbox allows, as a page's fetch: redirects are followed, cookies left out.
 * *fd is read until its end, and polled: the answer as HTTP/1.1 has it, headers as the browser shows them, the body decoded. Where there
 * was none, the status is 000, the reason EACCES (no grant), ECONNREFUSED or EFBIG, and the body a sentence for people. */
int we_fetch(const struct we_request *request, int32_t *fd) WE_IMPORT("fetch");

#define WE_ASK_OPEN 1     /* text: an address */
#define WE_ASK_DOWNLOAD 2 /* text: a file */
#define WE_ASK_UPLOAD 3   /* text: a directory; answer: names of files that are in it now, each followed by a line feed */

/* Asks the reader, who must click, and waits for that. *length is what the answer takes; what the buffer has no room for is left out.
 * ENOTSUP: nobody is there to ask; EBUSY: another question waits; ECANCELED: the reader did not want to; EIO. */
int we_ask(uint32_t what, const char *text, size_t text_length, char *answer, size_t size, size_t *length)
    WE_IMPORT("ask");

/* ── files ─────────────────────────────────────────────────────────────────────────────────────── */

int we_change_directory(const char *path, size_t length) WE_IMPORT("change_directory");
/* *length is what the path takes (without NUL); ERANGE where the buffer is smaller. */
int we_current_directory(char *buffer, size_t size, size_t *length) WE_IMPORT("current_directory");
int we_umask(uint32_t mask, uint32_t *before) WE_IMPORT("umask");
/* Permission bits. */
int we_mode(const char *path, size_t length, int follow, uint32_t *mode) WE_IMPORT("mode");
/* Both at once, of what is in the tree; `status` is preview 1's filestat. ENOTSUP for what is under /dev and /proc. */
int we_status(const char *path, size_t length, int follow, void *status, uint32_t *mode) WE_IMPORT("status");
int we_change_mode(const char *path, size_t length, uint32_t mode) WE_IMPORT("change_mode");
/* The same of an open file or directory; EINVAL for what is in no tree. */
int we_descriptor_mode(int32_t fd, uint32_t *mode) WE_IMPORT("descriptor_mode");
int we_change_descriptor_mode(int32_t fd, uint32_t mode) WE_IMPORT("change_descriptor_mode");

/* Advisory locks, as of fcntl(2): a process has them on bytes of a file; all on that file go when it closes any
 * descriptor of it, and all it has when it ends. */
#define WE_UNLOCK 0
#define WE_LOCK_READ 1
#define WE_LOCK_WRITE 2
struct we_lock {
  uint64_t type; /* 0: none */
  uint64_t start, length, owner;
};
/* length 0: to the end, however long the file grows. EAGAIN where it may not wait, EDEADLK, ENOLCK. */
int we_lock(int32_t fd, uint32_t type, uint64_t start, uint64_t length, int wait) WE_IMPORT("lock");
/* The first lock of another that stands in the way. */
int we_test_lock(int32_t fd, uint32_t type, uint64_t start, uint64_t length, struct we_lock *lock)
    WE_IMPORT("test_lock");

/* ── terminals ─────────────────────────────────────────────────────────────────────────────────── */

/* As on Linux x86-64. */
struct we_termios {
  uint32_t input, output, control, local;
  uint8_t line;
  uint8_t characters[32];
  uint8_t padding_[3];
  uint32_t input_speed, output_speed;
};
struct we_terminal {
  int32_t columns, rows;
  int32_t foreground; /* group, 0: none */
  int32_t session;    /* whose controlling terminal it is, 0: nobody's */
};

/* As tcgetattr(3), tcsetattr(3), tcsetpgrp(3), tcflush(3), tcdrain(3). ENOTTY for what is no terminal. */
int we_terminal_attributes(int32_t fd, struct we_termios *attributes) WE_IMPORT("terminal_attributes");
int we_set_terminal_attributes(int32_t fd, const struct we_termios *attributes, uint32_t when)
    WE_IMPORT("set_terminal_attributes");
int we_terminal(int32_t fd, struct we_terminal *terminal) WE_IMPORT("terminal");
int we_set_window_size(int32_t fd, uint32_t columns, uint32_t rows) WE_IMPORT("set_window_size");
int we_set_foreground(int32_t fd, int32_t group) WE_IMPORT("set_foreground");
int we_flush_terminal(int32_t fd, uint32_t queue) WE_IMPORT("flush_terminal");
int we_drain_terminal(int32_t fd) WE_IMPORT("drain_terminal");

#ifdef __cplusplus
}
#endif
#endif
