/* One HTTP request of curl or wget, and the answer to it as it comes. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that grow; always with a NUL behind them. */
struct text {
  char *bytes;
  size_t length, room;
};
void text_add(struct text *, const void *bytes, size_t length);
void text_print(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct request {
  const char *method, *url;
  struct text headers; /* Name: value, each followed by a line feed */
  const char *body;    /* NULL: none */
  size_t body_length;
  int64_t deadline;    /* ms of now_ms(), 0: none */
};

/* curl's own numbers for what went wrong. */
enum failure {
  FAILED_URL = 3, FAILED_RESOLVE = 6, FAILED_CONNECT = 7, FAILED_HTTP = 22, FAILED_WRITE = 23, FAILED_READ = 26,
  FAILED_TIME = 28, FAILED_REDIRECTS = 47, FAILED_RECEIVE = 56
};

struct answer {
  int status;
  struct text head;    /* status line and headers, with the blank line */
  int fd;              /* the rest comes from here */
  struct text ahead;   /* of the body, read already */
  int is_local;        /* of a server in this sandbox */
  /* how the body ends */
  int is_chunked;
  int64_t left;        /* bytes of the body, or of the chunk; -1: up to the end */
  int is_over;
  struct text why;     /* a sentence, where something failed */
};

/* 0, or a failure with `why`. The request goes to a server in this sandbox where its host is localhost, else to outside. */
int request_send(const struct request *, struct answer *);
/* Up to `size` bytes of the body; 0 at its end; -1 with *failure set. */
long answer_read(const struct request *, struct answer *, char *bytes, size_t size, int *failure);
void answer_close(struct answer *);
/* The value of a header, in memory that stays until the next call; NULL: none. */
const char *answer_header(const struct answer *, const char *name);

int64_t now_ms(void);
/* scheme://user@host:port/path of a URL without a scheme, and in pieces. */
struct url {
  char scheme[8];
  char user[256], host[256];
  int port;
  const char *path; /* from the slash or question mark on, in `whole` */
  char *whole;      /* without user and fragment */
};
/* 0: it is none. */
int url_parse(const char *, struct url *);
/* `to` as seen from `base`; to be freed. */
char *url_join(const char *base, const char *to);

#endif
