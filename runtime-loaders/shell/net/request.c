/* HTTP: to servers of the sandbox over its sockets, to outside by the page, which asks only whom the grant allows. */
#include "request.h"
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>
#include <wasm-elements.h>

#define HEAD_MAX (256 * 1024)

void text_add(struct text *text, const void *bytes, size_t length) {
  if (text->length + length + 1 > text->room) {
    text->room = (text->length + length + 1) * 2;
    text->bytes = realloc(text->bytes, text->room);
    if (text->bytes == NULL) abort();
  }
  memcpy(text->bytes + text->length, bytes, length);
  text->length += length;
  text->bytes[text->length] = 0;
}

void text_print(struct text *text, const char *format, ...) {
  va_list list;
  char *made;
  va_start(list, format);
  int length = vasprintf(&made, format, list);
  va_end(list);
  if (length < 0) abort();
  text_add(text, made, length);
  free(made);
}

int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int url_parse(const char *text, struct url *url) {
  const char *at = strstr(text, "://"), *end, *sign;
  memset(url, 0, sizeof(*url));
  if (at != NULL && (size_t)(at - text) < sizeof(url->scheme)) {
    for (int i = 0; i < at - text; i++) url->scheme[i] = tolower(text[i]);
    at += 3;
  } else {
    strcpy(url->scheme, "http");
    at = text;
  }
  end = at + strcspn(at, "/?#");
  sign = memchr(at, '@', end - at);
  if (sign != NULL) {
    if ((size_t)(sign - at) >= sizeof(url->user)) return 0;
    memcpy(url->user, at, sign - at);
    at = sign + 1;
  }
  const char *colon = end;
  if (*at == '[') colon = memchr(at, ']', end - at) ? (const char *)memchr(at, ']', end - at) + 1 : end;
  else for (const char *c = at; c < end; c++) if (*c == ':') { colon = c; break; }
  if (colon == at || (size_t)(colon - at) >= sizeof(url->host)) return 0;
  for (int i = 0; i < colon - at; i++) url->host[i] = tolower(at[i]);
  int secure = !strcmp(url->scheme, "https");
  url->port = *colon == ':' && isdigit((unsigned char)colon[1]) ? atoi(colon + 1) : secure ? 443 : 80;
  int length = strcspn(end, "#");
  int is_usual = url->port == (secure ? 443 : 80);
  char port[16] = "";
  if (!is_usual) snprintf(port, sizeof(port), ":%d", url->port);
  if (asprintf(&url->whole, "%s://%s%s%s%.*s", url->scheme, url->host, port, *end == '/' ? "" : "/", length, end) < 0)
    abort();
  for (char *c = url->whole; *c; c++) if (*c == ' ') return 0;
  url->path = url->whole + strlen(url->scheme) + 3 + strlen(url->host) + strlen(port);
  return !strcmp(url->scheme, "http") || secure;
}

char *url_join(const char *base, const char *to) {
  struct url from;
  char *joined;
  if (strstr(to, "://") || !url_parse(base, &from)) return strdup(to);
  int origin = from.path - from.whole, length;
  if (to[0] == '/' && to[1] == '/') length = asprintf(&joined, "%s:%s", from.scheme, to);
  else if (to[0] == '/') length = asprintf(&joined, "%.*s%s", origin, from.whole, to);
  else {
    int folder = strcspn(from.path, "?");
    while (folder > 0 && from.path[folder - 1] != '/') folder--;
    length = asprintf(&joined, "%.*s%s", origin + folder, from.whole, to);
  }
  if (length < 0) abort();
  return joined;
}

/* Waits until there is something to read. 0, FAILED_TIME, or -1 where a signal came. */
static int wait_for(int fd, int64_t deadline) {
  if (deadline == 0) return 0;
  int64_t left = deadline - now_ms();
  struct pollfd one = {.fd = fd, .events = POLLIN};
  int ready = left > 0 ? poll(&one, 1, left) : 0;
  return ready == 0 ? FAILED_TIME : ready < 0 ? -1 : 0;
}

static int is_local(const char *host) {
  size_t length = strlen(host);
  return !strcmp(host, "localhost") || !strncmp(host, "127.", 4) || !strcmp(host, "[::1]") || !strcmp(host, "0.0.0.0") ||
         (length > 10 && !strcmp(host + length - 10, ".localhost"));
}

static int open_local(const struct url *url, struct answer *answer) {
  struct we_sockaddr_in v4 = {WE_AF_INET, (url->port >> 8 & 255) | (url->port & 255) << 8, {127, 0, 0, 1}, {0}};
  struct we_sockaddr_in6 v6 = {.family = WE_AF_INET6, .port = v4.port};
  v6.address[15] = 1;
  for (int turn = 0; turn < 2; turn++) {
    int is_six = (url->host[0] == '[') != turn;
    errno = we_socket(is_six ? WE_AF_INET6 : WE_AF_INET, WE_SOCK_STREAM | WE_SOCK_CLOEXEC, 0, &answer->fd);
    if (errno == 0) {
      errno = is_six ? we_connect(answer->fd, &v6, sizeof(v6)) : we_connect(answer->fd, &v4, sizeof(v4));
      if (errno == 0) return 0;
      close(answer->fd);
    }
  }
  text_print(&answer->why, "Failed to connect to %s port %d: no server of this sandbox listens there", url->host, url->port);
  return FAILED_CONNECT;
}

static int write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0) return -1;
    bytes += written;
    length -= written;
  }
  return 0;
}

static int has_header(const struct request *request, const char *name) {
  size_t length = strlen(name);
  for (const char *at = request->headers.bytes; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
    if (!strncasecmp(at, name, length) && at[length] == ':') return 1;
  return 0;
}

static int send_local(const struct request *request, const struct url *url, struct answer *answer) {
  int failed = open_local(url, answer);
  if (failed) return failed;
  struct text out = {0};
  text_print(&out, "%s %s HTTP/1.1\r\n", request->method, url->path);
  if (!has_header(request, "host"))
    text_print(&out, url->port == 80 ? "Host: %s\r\n" : "Host: %s:%d\r\n", url->host, url->port);
  if (!has_header(request, "accept")) text_print(&out, "Accept: */*\r\n");
  for (const char *at = request->headers.bytes; at && *at;) {
    int length = strcspn(at, "\n");
    text_print(&out, "%.*s\r\n", length, at);
    at += length + (at[length] == '\n');
  }
  if (request->body) text_print(&out, "Content-Length: %zu\r\n", request->body_length);
  text_print(&out, "Connection: close\r\n\r\n");
  if (request->body) text_add(&out, request->body, request->body_length);
  /* A server may answer, and close, before it has read everything. */
  write_all(answer->fd, out.bytes, out.length);
  free(out.bytes);
  return 0;
}

/* Status line and headers, up to the blank line; past informational answers. */
static int read_head(const struct request *request, struct answer *answer) {
  struct text all = {0};
  char bytes[8192], *end;
  for (;;) {
    end = all.bytes ? strstr(all.bytes, "\r\n\r\n") : NULL;
    if (end != NULL) {
      answer->status = atoi(all.bytes + strcspn(all.bytes, " \r"));
      if (answer->status / 100 != 1) break;
      size_t skipped = end + 4 - all.bytes;
      memmove(all.bytes, end + 4, all.length - skipped + 1);
      all.length -= skipped;
      continue;
    }
    int waited = wait_for(answer->fd, request->deadline);
    ssize_t count = waited == 0 ? read(answer->fd, bytes, sizeof(bytes)) : -1;
    if (waited == FAILED_TIME) {
      text_print(&answer->why, "Operation timed out");
      return FAILED_TIME;
    }
    if (count <= 0 || all.length > HEAD_MAX) {
      text_print(&answer->why, all.length == 0 ? "Empty reply from server" : "That is no answer of HTTP");
      return all.length == 0 ? 52 : FAILED_RECEIVE;
    }
    text_add(&all, bytes, count);
  }
  text_add(&answer->head, all.bytes, end + 4 - all.bytes);
  text_add(&answer->ahead, end + 4, all.length - (end + 4 - all.bytes));
  free(all.bytes);
  return 0;
}

/* What the page says in place of an answer. */
static int refused(const struct request *request, struct answer *answer) {
  char bytes[4096];
  int failure = 0;
  long count;
  int is_grant = strstr(answer->head.bytes, "EACCES") != NULL;
  while ((count = answer_read(request, answer, bytes, sizeof(bytes), &failure)) > 0) text_add(&answer->why, bytes, count);
  return is_grant ? FAILED_RESOLVE : strstr(answer->head.bytes, "EFBIG") ? FAILED_RECEIVE : FAILED_CONNECT;
}

int request_send(const struct request *request, struct answer *answer) {
  struct url url;
  memset(answer, 0, sizeof(*answer));
  answer->fd = -1;
  if (!url_parse(request->url, &url)) {
    text_print(&answer->why, "%s is no address that could be asked", request->url);
    return *url.scheme && strcmp(url.scheme, "http") && strcmp(url.scheme, "https") ? 1 : FAILED_URL;
  }
  answer->left = -1;
  answer->is_local = is_local(url.host) && !strcmp(url.scheme, "http") && send_local(request, &url, answer) == 0;
  /* What is said of a host of this machine, where the page may not ask it either. */
  struct text no_server = answer->why;
  memset(&answer->why, 0, sizeof(answer->why));
  if (answer->is_local) {
    free(no_server.bytes);
  } else if (request->body && (!strcmp(request->method, "GET") || !strcmp(request->method, "HEAD"))) {
    text_print(&answer->why, "Browsers send no body with %s", request->method);
    return FAILED_URL;
  } else {
    struct we_request outside = {
        request->method, strlen(request->method), url.whole, strlen(url.whole),
        request->headers.bytes ? request->headers.bytes : "", request->headers.length,
        request->body, request->body_length,
    };
    errno = we_fetch(&outside, &answer->fd);
    if (errno) {
      text_print(&answer->why, "%s: %s", url.host, strerror(errno));
      return FAILED_CONNECT;
    }
  }
  int failed = read_head(request, answer);
  if (failed) return failed;
  if (answer->status == 0 && no_server.length > 0 && strstr(answer->head.bytes, "EACCES")) {
    answer->why = no_server;
    return FAILED_CONNECT;
  }
  if (answer->status == 0) return refused(request, answer);
  const char *length, *coding = answer_header(answer, "transfer-encoding");
  int has_none = !strcmp(request->method, "HEAD") || answer->status == 204 || answer->status == 304;
  /* From outside it is decoded already, and as long as it is. */
  if (has_none) answer->is_over = 1;
  else if (!answer->is_local) answer->left = -1;
  else if (coding != NULL && strcasestr(coding, "chunked")) answer->is_chunked = 1, answer->left = 0;
  else if ((length = answer_header(answer, "content-length")) != NULL) answer->left = strtoll(length, NULL, 10);
  return 0;
}

/* Bytes as they come, not decoded. */
static long read_raw(const struct request *request, struct answer *answer, char *bytes, size_t size, int *failure) {
  if (answer->ahead.length > 0) {
    size_t count = answer->ahead.length < size ? answer->ahead.length : size;
    memcpy(bytes, answer->ahead.bytes, count);
    answer->ahead.length -= count;
    memmove(answer->ahead.bytes, answer->ahead.bytes + count, answer->ahead.length);
    return count;
  }
  int waited = wait_for(answer->fd, request->deadline);
  ssize_t count = waited == 0 ? read(answer->fd, bytes, size) : -1;
  if (count >= 0) return count;
  *failure = waited == FAILED_TIME ? FAILED_TIME : FAILED_RECEIVE;
  text_print(&answer->why, waited == FAILED_TIME ? "Operation timed out" : "The server broke off");
  return -1;
}

/* The size of the next chunk; false at the last. */
static int next_chunk(const struct request *request, struct answer *answer, int *failure) {
  char line[64], one;
  size_t length = 0;
  for (;;) {
    long count = read_raw(request, answer, &one, 1, failure);
    if (count <= 0) return 0;
    if (one == '\n') {
      if (length == 0) continue;
      line[length] = 0;
      answer->left = strtoll(line, NULL, 16);
      return answer->left > 0;
    }
    if (one != '\r' && length < sizeof(line) - 1) line[length++] = one;
  }
}

long answer_read(const struct request *request, struct answer *answer, char *bytes, size_t size, int *failure) {
  if (answer->is_over) return 0;
  if (answer->is_chunked && answer->left == 0 && !next_chunk(request, answer, failure)) {
    answer->is_over = 1;
    return *failure ? -1 : 0;
  }
  if (answer->left == 0) return 0;
  if (answer->left > 0 && (int64_t)size > answer->left) size = answer->left;
  long count = read_raw(request, answer, bytes, size, failure);
  if (count > 0 && answer->left > 0) answer->left -= count;
  if (count == 0) {
    answer->is_over = 1;
    if (answer->left > 0) {
      text_print(&answer->why, "end of the answer with %lld bytes missing", (long long)answer->left);
      *failure = 18;
      return -1;
    }
  }
  return count;
}

const char *answer_header(const struct answer *answer, const char *name) {
  static char value[8192];
  size_t length = strlen(name);
  for (const char *at = strstr(answer->head.bytes, "\r\n"); at && at[2] && at[2] != '\r'; at = strstr(at + 2, "\r\n"))
    if (!strncasecmp(at + 2, name, length) && at[2 + length] == ':') {
      at += 3 + length;
      at += strspn(at, " \t");
      snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r\n"), at);
      return value;
    }
  return NULL;
}

void answer_close(struct answer *answer) {
  if (answer->fd >= 0) close(answer->fd);
  free(answer->head.bytes);
  free(answer->ahead.bytes);
  free(answer->why.bytes);
}
