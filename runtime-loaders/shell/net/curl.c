/* curl: what scripts and people use of it most. */
#include "request.h"
#include "tools.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define REDIRECTS_MAX 50
#define URLS_MAX 256

static struct options {
  int silent, show_errors, fail, fail_with_body, follow, trusted, include, head, verbose, get, remote_names, remote_once, make_folders;
  int64_t limit_ms;
  const char *method, *outputs[URLS_MAX], *upload, *write_out, *dump, *folder;
  int output_count;
  struct text headers, data, form;
  int has_data, is_json, has_type;
  int retries;
} o;

static void usage(const char *why, const char *option) {
  fprintf(stderr, "curl: option %s: %s\ncurl: try 'man curl' for what there is\n", option, why);
  exit(2);
}

/* The bytes of a file; `-` is stdin. */
static struct text file_bytes(const char *name, int plain) {
  struct text all = {0};
  char bytes[65536];
  int fd = strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC) : 0;
  ssize_t count;
  if (fd < 0) {
    fprintf(stderr, "curl: (%d) Failed to open %s: %s\n", FAILED_READ, name, strerror(errno));
    exit(FAILED_READ);
  }
  text_add(&all, "", 0);
  while ((count = read(fd, bytes, sizeof(bytes))) > 0) text_add(&all, bytes, count);
  if (fd > 0) close(fd);
  if (!plain) {
    /* -d of a file: without line ends */
    char *to = all.bytes;
    for (size_t i = 0; i < all.length; i++) if (!strchr("\r\n", all.bytes[i]) || !all.bytes[i]) *to++ = all.bytes[i];
    all.length = to - all.bytes;
    *to = 0;
  }
  return all;
}

static void encode(struct text *to, const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char c = bytes[i];
    if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || strchr("-._~", c)) text_add(to, &bytes[i], 1);
    else text_print(to, "%%%02X", c);
  }
}

static void add_data(const char *value, char kind) {
  struct text bytes = {0};
  if (o.has_data && !o.is_json) text_add(&o.data, "&", 1);
  o.has_data = 1;
  if (kind == 'u') {
    const char *sign = strpbrk(value, "=@");
    size_t name = sign ? sign - value : 0;
    if (sign && name > 0) text_print(&o.data, "%.*s=", (int)name, value);
    if (sign && *sign == '@') bytes = file_bytes(sign + 1, 1);
    else text_add(&bytes, sign ? sign + 1 : value, strlen(sign ? sign + 1 : value));
    encode(&o.data, bytes.bytes, bytes.length);
  } else if (*value == '@' && kind != 'r') {
    bytes = file_bytes(value + 1, kind == 'b');
    text_add(&o.data, bytes.bytes, bytes.length);
  } else text_add(&o.data, value, strlen(value));
  free(bytes.bytes);
}

static const char boundary[] = "----------------------------4bd9a1c27e0f6358";

static void add_field(const char *field) {
  const char *value = strchr(field, '=');
  if (value == NULL) usage("a field is NAME=VALUE or NAME=@FILE", "-F");
  int name = value++ - field;
  const char *base = strrchr(value, '/') ? strrchr(value, '/') + 1 : value + 1;
  int end = *value == '@' ? strcspn(base, ";") : 0;
  text_print(&o.form, "--%s\r\nContent-Disposition: form-data; name=\"%.*s\"", boundary, name, field);
  if (*value == '@') text_print(&o.form, "; filename=\"%.*s\"\r\nContent-Type: application/octet-stream", end, base);
  text_print(&o.form, "\r\n\r\n");
  if (*value == '@' || *value == '<') {
    char *file = strndup(value + 1, strcspn(value + 1, ";"));
    struct text bytes = file_bytes(file, 1);
    text_add(&o.form, bytes.bytes, bytes.length);
    free(bytes.bytes);
    free(file);
  } else text_print(&o.form, "%s", value);
  text_print(&o.form, "\r\n");
}

static void add_header(const char *line) {
  if (*line == '@') {
    struct text all = file_bytes(line + 1, 1);
    char *rest = all.bytes, *each;
    while ((each = strsep(&rest, "\n"))) if (*each) add_header(each);
    return;
  }
  int length = strlen(line), name = strcspn(line, ":;");
  while (length > 0 && strchr("\r\n", line[length - 1])) length--;
  /* `Name:` leaves out what curl would send; `Name;` is one without a value */
  if (line[name] == ':' && strspn(line + name + 1, " ") == strlen(line + name + 1)) return;
  if (line[name] == ';') text_print(&o.headers, "%.*s:\n", name, line);
  else text_print(&o.headers, "%.*s\n", length, line);
  if (!strncasecmp(line, "content-type", 12)) o.has_type = 1;
}

enum { NONE, VALUE };
static const struct option {
  char letter;
  const char *name;
  int takes;
} known[] = {
  {'s', "silent"}, {'S', "show-error"}, {'f', "fail"}, {0, "fail-with-body"}, {'L', "location"}, {0, "location-trusted"},
  {'o', "output", VALUE}, {'O', "remote-name"}, {0, "remote-name-all"}, {'J', "remote-header-name"}, {'i', "include"}, {0, "show-headers"}, {'I', "head"}, {'X', "request", VALUE},
  {'d', "data", VALUE}, {0, "data-ascii", VALUE}, {0, "data-raw", VALUE}, {0, "data-binary", VALUE}, {0, "data-urlencode", VALUE},
  {0, "json", VALUE}, {'H', "header", VALUE}, {'u', "user", VALUE}, {0, "oauth2-bearer", VALUE}, {'w', "write-out", VALUE}, {'k', "insecure"},
  {'v', "verbose"}, {'m', "max-time", VALUE}, {0, "connect-timeout", VALUE}, {'G', "get"}, {'A', "user-agent", VALUE},
  {'e', "referer", VALUE}, {'T', "upload-file", VALUE}, {'F', "form", VALUE}, {'D', "dump-header", VALUE}, {0, "compressed"},
  {'#', "progress-bar"}, {0, "no-progress-meter"}, {'N', "no-buffer"}, {'g', "globoff"}, {'q', "disable"}, {'4', "ipv4"}, {'6', "ipv6"}, {0, "http1.1"}, {0, "http2"}, {'0', "http1.0"},
  {0, "url", VALUE}, {0, "retry", VALUE}, {0, "retry-delay", VALUE}, {0, "create-dirs"}, {0, "output-dir", VALUE}, {0, "max-redirs", VALUE},
  {'b', "cookie", VALUE}, {'c', "cookie-jar", VALUE}, {'V', "version"}, {'h', "help"}, {0, "proto", VALUE}, {0, "tlsv1.2"}, {0, "ssl-reqd"},
};

static const char *urls[URLS_MAX];
static int url_count;

static void add_url(const char *url) {
  if (url_count == URLS_MAX) usage("too many addresses", url);
  urls[url_count++] = url;
}

static void base64(struct text *to, const char *bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t length = strlen(bytes), i = 0; i < length; i += 3) {
    unsigned char a = bytes[i], b = i + 1 < length ? bytes[i + 1] : 0, c = i + 2 < length ? bytes[i + 2] : 0;
    char four[4] = {digits[a >> 2], digits[(a & 3) << 4 | b >> 4], i + 1 < length ? digits[(b & 15) << 2 | c >> 6] : '=',
                    i + 2 < length ? digits[c & 63] : '='};
    text_add(to, four, 4);
  }
}

static void add_user(const char *user) {
  struct text coded = {0};
  base64(&coded, user);
  text_print(&o.headers, "Authorization: Basic %s\n", coded.bytes ? coded.bytes : "");
  free(coded.bytes);
}

static void apply(const struct option *option, const char *value) {
  const char *n = option->name;
#define IS(text) !strcmp(n, text)
  if (IS("silent")) o.silent = 1;
  else if (IS("show-error")) o.show_errors = 1;
  else if (IS("fail")) o.fail = 1;
  else if (IS("fail-with-body")) o.fail_with_body = 1;
  else if (IS("location") || IS("location-trusted")) o.follow = 1, o.trusted |= n[8] == '-';
  else if (IS("output")) o.outputs[o.output_count++ % URLS_MAX] = value;
  else if (IS("remote-name")) o.outputs[o.output_count++ % URLS_MAX] = "";
  else if (IS("remote-name-all")) o.remote_names = 1;
  else if (IS("include") || IS("show-headers")) o.include = 1;
  else if (IS("head")) o.head = o.include = 1;
  else if (IS("request")) o.method = value;
  else if (IS("data") || IS("data-ascii")) add_data(value, 'd');
  else if (IS("data-raw")) add_data(value, 'r');
  else if (IS("data-binary")) add_data(value, 'b');
  else if (IS("data-urlencode")) add_data(value, 'u');
  else if (IS("json")) o.is_json = 1, add_data(value, 'b');
  else if (IS("header")) add_header(value);
  else if (IS("user")) add_user(value);
  else if (IS("oauth2-bearer")) text_print(&o.headers, "Authorization: Bearer %s\n", value);
  else if (IS("write-out")) o.write_out = *value == '@' ? file_bytes(value + 1, 1).bytes : value;
  else if (IS("verbose")) o.verbose = 1;
  else if (IS("max-time") || (IS("connect-timeout") && o.limit_ms == 0)) o.limit_ms = strtod(value, NULL) * 1000;
  else if (IS("get")) o.get = 1;
  else if (IS("user-agent")) text_print(&o.headers, "User-Agent: %s\n", value);
  else if (IS("referer")) text_print(&o.headers, "Referer: %s\n", value);
  else if (IS("cookie")) text_print(&o.headers, "Cookie: %s\n", value);
  else if (IS("upload-file")) o.upload = value;
  else if (IS("form")) add_field(value);
  else if (IS("dump-header")) o.dump = value;
  else if (IS("url")) add_url(value);
  else if (IS("retry")) o.retries = atoi(value);
  else if (IS("create-dirs")) o.make_folders = 1;
  else if (IS("output-dir")) o.folder = value;
  else if (IS("version") || IS("help")) {
    puts(IS("help") ? "usage: curl [OPTION...] URL...\n\nman curl says more."
                    : "curl 8.0 (of wasm-elements)\nProtocols: http https\nhttps: by the page, whom the grant allows; http: servers of this sandbox");
    exit(0);
  }
}

static void parse(char **argv) {
  int only_urls = 0;
  for (char **at = argv + 1; *at; at++) {
    if (only_urls || **at != '-' || !(*at)[1]) {
      add_url(*at);
      continue;
    }
    if (!strcmp(*at, "--")) {
      only_urls = 1;
      continue;
    }
    if ((*at)[1] == '-') {
      const struct option *found = NULL;
      for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) if (!strcmp(*at + 2, known[i].name)) found = &known[i];
      if (found == NULL) usage("is unknown", *at);
      if (found->takes && at[1] == NULL) usage("requires parameter", *at);
      const char *value = found->takes ? *++at : NULL;
      apply(found, value);
      continue;
    }
    for (char *letter = *at + 1; *letter; letter++) {
      const struct option *found = NULL;
      char name[] = {'-', *letter, 0};
      for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) if (known[i].letter == *letter) found = &known[i];
      if (found == NULL) usage("is unknown", name);
      if (!found->takes) {
        apply(found, NULL);
        continue;
      }
      if (!letter[1] && at[1] == NULL) usage("requires parameter", name);
      apply(found, letter[1] ? letter + 1 : *++at);
      break;
    }
  }
}

/* %{name} and \n of -w. */
static void write_out(const char *format, const struct answer *answer, const char *url, int64_t size, int64_t began, int redirects) {
  const char *type = answer->head.bytes ? answer_header(answer, "content-type") : NULL;
  for (const char *at = format; *at; at++) {
    if (*at == '\\' && at[1]) {
      at++;
      putchar(*at == 'n' ? '\n' : *at == 't' ? '\t' : *at == 'r' ? '\r' : *at);
      continue;
    }
    const char *end = at[0] == '%' && at[1] == '{' ? strchr(at, '}') : NULL;
    if (end == NULL) {
      if (at[0] == '%' && at[1] == '%') at++;
      putchar(*at);
      continue;
    }
    int length = end - at - 2;
#define NAMED(text) (length == (int)strlen(text) && !strncmp(at + 2, text, length))
    if (NAMED("http_code") || NAMED("response_code")) printf("%03d", answer->status);
    else if (NAMED("size_download")) printf("%lld", (long long)size);
    else if (NAMED("content_type")) printf("%s", type ? type : "");
    else if (NAMED("time_total")) printf("%.6f", (now_ms() - began) / 1000.0);
    else if (NAMED("url_effective") || NAMED("url")) printf("%s", url);
    else if (NAMED("num_redirects")) printf("%d", redirects);
    else if (NAMED("http_version")) printf("1.1");
    at = end;
  }
}

static int complain(int code, const char *why) {
  if (!o.silent || o.show_errors) fprintf(stderr, "curl: (%d) %s\n", code, why);
  return code;
}

static void tell_request(const struct request *request) {
  fprintf(stderr, "> %s %s\n", request->method, request->url);
  for (const char *at = request->headers.bytes; at && *at;) {
    int length = strcspn(at, "\n");
    fprintf(stderr, "> %.*s\n", length, at);
    at += length + (at[length] == '\n');
  }
  fprintf(stderr, "> \n");
}

static void tell_head(const char *head, FILE *to, const char *mark) {
  while (*head) {
    int length = strcspn(head, "\n") + (strchr(head, '\n') != NULL);
    fprintf(to, "%s%.*s", mark, length, head);
    head += length;
  }
}

/* Where the answer goes. */
static int open_output(const char *url, int index, FILE **out) {
  const char *name = index < o.output_count ? o.outputs[index] : o.remote_names ? "" : NULL;
  *out = stdout;
  if (name == NULL || !strcmp(name, "-")) return 0;
  char *path = *name ? strdup(name) : name_of_url(url);
  if (path == NULL) return complain(FAILED_WRITE, "Remote file name has no length");
  if (o.folder) {
    char *joined;
    if (asprintf(&joined, "%s/%s", o.folder, path) < 0) abort();
    free(path);
    path = joined;
  }
  if (o.make_folders)
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) *slash = 0, mkdir(path, 0777), *slash = '/';
  *out = fopen(path, "w");
  if (*out == NULL) {
    char why[512];
    snprintf(why, sizeof(why), "Failed to open %s: %s", path, strerror(errno));
    free(path);
    return complain(FAILED_WRITE, why);
  }
  free(path);
  return 0;
}

/* Who one is is told to the host that was asked, and not to one that it names. */
static void leave_out_secrets(struct request *request, const char *from, const char *to) {
  struct url before, after;
  struct text kept = {0};
  if (o.trusted || !url_parse(from, &before) || !url_parse(to, &after)) return;
  if (!strcmp(before.host, after.host) && before.port == after.port) return;
  for (const char *at = request->headers.bytes; at && *at;) {
    int length = strcspn(at, "\n");
    if (strncasecmp(at, "authorization:", 14) && strncasecmp(at, "cookie:", 7)) text_print(&kept, "%.*s\n", length, at);
    at += length + (at[length] == '\n');
  }
  free(request->headers.bytes);
  request->headers = kept;
}

static int transfer(const char *first, int index) {
  struct request request = {.method = "GET"};
  struct answer answer;
  struct url parsed;
  struct text url = {0};
  int64_t began = now_ms(), size = 0;
  int redirects = 0, failure = 0;
  FILE *out = NULL;

  text_print(&url, "%s", first);
  text_add(&request.headers, o.headers.bytes ? o.headers.bytes : "", o.headers.length);
  if (o.limit_ms) request.deadline = began + o.limit_ms;
  if (o.form.length > 0) {
    request.method = "POST";
    text_print(&request.headers, "Content-Type: multipart/form-data; boundary=%s\n", boundary);
    request.body = o.form.bytes;
    request.body_length = o.form.length;
  } else if (o.has_data && (o.get || o.head)) {
    text_print(&url, "%s%s", strchr(first, '?') ? "&" : "?", o.data.bytes ? o.data.bytes : "");
  } else if (o.has_data) {
    request.method = "POST";
    if (o.is_json) {
      if (!o.has_type) text_print(&request.headers, "Content-Type: application/json\n");
      text_print(&request.headers, "Accept: application/json\n");
    } else if (!o.has_type) text_print(&request.headers, "Content-Type: application/x-www-form-urlencoded\n");
    request.body = o.data.bytes ? o.data.bytes : "";
    request.body_length = o.data.length;
  } else if (o.upload) {
    struct text bytes = file_bytes(o.upload, 1);
    request.method = "PUT";
    request.body = bytes.bytes;
    request.body_length = bytes.length;
    if (strcmp(o.upload, "-") && url.bytes[url.length - 1] == '/')
      text_print(&url, "%s", strrchr(o.upload, '/') ? strrchr(o.upload, '/') + 1 : o.upload);
  }
  if (o.head) request.method = "HEAD";
  if (o.method) request.method = o.method;
  if (url_parse(url.bytes, &parsed) && *parsed.user) {
    struct text coded = {0};
    base64(&coded, parsed.user);
    text_print(&request.headers, "Authorization: Basic %s\n", coded.bytes);
  }
  for (;;) {
    request.url = url.bytes;
    if (o.verbose) tell_request(&request);
    failure = request_send(&request, &answer);
    if (failure) break;
    if (o.verbose) tell_head(answer.head.bytes, stderr, "< ");
    if (o.dump) {
      FILE *to = strcmp(o.dump, "-") ? fopen(o.dump, redirects ? "a" : "w") : stdout;
      if (to) tell_head(answer.head.bytes, to, "");
      if (to && to != stdout) fclose(to);
    }
    const char *location = answer.status / 100 == 3 ? answer_header(&answer, "location") : NULL;
    if (!o.follow || location == NULL) break;
    if (++redirects > REDIRECTS_MAX) {
      failure = FAILED_REDIRECTS;
      text_print(&answer.why, "Maximum (%d) redirects followed", REDIRECTS_MAX);
      break;
    }
    if (o.include) tell_head(answer.head.bytes, stdout, "");
    char *next = url_join(url.bytes, location);
    leave_out_secrets(&request, url.bytes, next);
    url.length = 0;
    text_print(&url, "%s", next);
    free(next);
    /* As browsers and curl do: what was sent is not sent again, but for 307 and 308. */
    if (request.body && answer.status < 307 && !o.method) {
      request.method = "GET";
      request.body = NULL;
    }
    answer_close(&answer);
  }
  if (failure == 0 && answer.status >= 400 && (o.fail || o.fail_with_body)) failure = FAILED_HTTP;
  if (failure == 0 || (failure == FAILED_HTTP && o.fail_with_body)) {
    int opened = open_output(url.bytes, index, &out);
    char bytes[65536];
    long count = 0;
    int late = 0;
    if (opened) failure = opened, late = 1;
    else {
      if (o.include) tell_head(answer.head.bytes, out, "");
      while ((count = answer_read(&request, &answer, bytes, sizeof(bytes), &late)) > 0) {
        if (fwrite(bytes, 1, count, out) != (size_t)count) {
          failure = late = FAILED_WRITE;
          text_print(&answer.why, "Failure writing output: %s", strerror(errno));
          break;
        }
        if (out == stdout) fflush(out);
        size += count;
      }
      if (late) failure = late;
      if (out != stdout && fclose(out) != 0 && !failure) failure = FAILED_WRITE;
    }
    if (opened) {
      answer_close(&answer);
      return failure;
    }
  }
  if (failure == FAILED_HTTP) {
    char why[64];
    snprintf(why, sizeof(why), "The requested URL returned error: %d", answer.status);
    complain(failure, why);
  } else if (failure) complain(failure, answer.why.length ? answer.why.bytes : "It failed");
  if (o.write_out) write_out(o.write_out, &answer, url.bytes, size, began, redirects);
  fflush(stdout);
  answer_close(&answer);
  free(request.headers.bytes);
  free(url.bytes);
  return failure;
}

int curl_main(char **argv) {
  int failure = 0;
  parse(argv);
  if (o.form.length > 0) text_print(&o.form, "--%s--\r\n", boundary);
  if (url_count == 0) {
    fprintf(stderr, "curl: (2) no URL specified\n");
    return 2;
  }
  for (int i = 0; i < url_count; i++) {
    int failed;
    for (int turn = 0;; turn++) {
      failed = transfer(urls[i], i);
      if (!failed || turn >= o.retries || failed == FAILED_RESOLVE) break;
      sleep(1);
    }
    if (failed) failure = failed;
  }
  return failure;
}
