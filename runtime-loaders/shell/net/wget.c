/* wget: files from servers; and the start of this program. */
#include "request.h"
#include "tools.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REDIRECTS_MAX 20

static struct {
  int quiet, show_head, spider, keep;
  const char *output, *folder, *data, *data_file, *method;
  size_t data_length;
  int64_t limit_ms;
  struct text headers;
} o;

char *name_of_url(const char *text) {
  struct url url;
  if (!url_parse(text, &url)) return NULL;
  int length = strcspn(url.path, "?");
  while (length > 0 && url.path[length - 1] != '/') length--;
  const char *name = url.path + length;
  int end = strcspn(name, "?");
  /* Neither this directory nor the one above. */
  if (end == 0 || (*name == '.' && strspn(name, ".") == (size_t)end)) return NULL;
  return strndup(name, end);
}

static void usage(const char *option) {
  fprintf(stderr, "wget: %s: unknown option, or one that wants a value; man wget says what there is\n", option);
  exit(2);
}

/* The value of `-x value`, `-xvalue`, `--name value` or `--name=value`; NULL: it is another option. */
static const char *value_of(char ***at, char letter, const char *name) {
  char *word = **at;
  size_t length = strlen(name);
  if (word[0] != '-') return NULL;
  if (letter && word[1] == letter) {
    if (word[2]) return word + 2;
  } else if (word[1] == '-' && !strncmp(word + 2, name, length) && (word[2 + length] == '=' || !word[2 + length])) {
    if (word[2 + length] == '=') return word + 3 + length;
  } else return NULL;
  if ((*at)[1] == NULL) usage(word);
  return *++*at;
}

static int is_one(const char *word, char letter, const char *name) {
  return (letter && word[0] == '-' && word[1] == letter && !word[2]) || (word[0] == '-' && word[1] == '-' && !strcmp(word + 2, name));
}

/* A name that is not there yet: a file that is, is not overwritten. */
static char *free_name(const char *name) {
  char *path;
  for (int number = 0;; number++) {
    struct stat about;
    int length = asprintf(&path, "%s%s%s", o.folder ? o.folder : "", o.folder ? "/" : "", name);
    if (length >= 0 && number > 0) {
      free(path);
      length = asprintf(&path, "%s%s%s.%d", o.folder ? o.folder : "", o.folder ? "/" : "", name, number);
    }
    if (length < 0) abort();
    if (stat(path, &about) != 0) return path;
    free(path);
  }
}

static int get(const char *first) {
  struct request request = {.method = "GET", .headers = o.headers};
  struct answer answer;
  char bytes[65536], *url = strdup(first), *path = NULL;
  int failure;
  long count;
  long long size = 0;

  if (o.limit_ms) request.deadline = now_ms() + o.limit_ms;
  if (o.data) request.method = "POST", request.body = o.data, request.body_length = o.data_length;
  if (o.spider) request.method = "HEAD";
  if (o.method) request.method = o.method;
  for (int turn = 0;; turn++) {
    request.url = url;
    failure = request_send(&request, &answer);
    const char *location = !failure && answer.status / 100 == 3 ? answer_header(&answer, "location") : NULL;
    if (location == NULL || turn >= REDIRECTS_MAX) break;
    char *next = url_join(url, location);
    free(url);
    url = next;
    answer_close(&answer);
  }
  if (failure) {
    fprintf(stderr, "wget: %s\n", answer.why.bytes);
    return 4;
  }
  if (o.show_head) fprintf(stderr, "%s", answer.head.bytes);
  if (answer.status >= 400) {
    fprintf(stderr, "wget: %s: the server answered %.*s\n", url, (int)strcspn(answer.head.bytes + 9, "\r"), answer.head.bytes + 9);
    return 8;
  }
  if (o.spider) {
    if (!o.quiet) fprintf(stderr, "wget: %s is there\n", url);
    return 0;
  }
  FILE *out = stdout;
  if (o.output == NULL) {
    char *name = name_of_url(url);
    path = free_name(name ? name : "index.html");
  } else if (strcmp(o.output, "-")) path = strdup(o.output);
  if (path != NULL && (out = fopen(path, "w")) == NULL) {
    fprintf(stderr, "wget: %s: %s\n", path, strerror(errno));
    return 3;
  }
  while ((count = answer_read(&request, &answer, bytes, sizeof(bytes), &failure)) > 0) {
    if (fwrite(bytes, 1, count, out) != (size_t)count) failure = FAILED_WRITE;
    size += count;
  }
  if (fflush(out) != 0) failure = FAILED_WRITE;
  if (failure) fprintf(stderr, "wget: %s\n", answer.why.length ? answer.why.bytes : strerror(errno));
  else if (!o.quiet && path) fprintf(stderr, "'%s' saved [%lld]\n", path, size);
  if (path) fclose(out);
  answer_close(&answer);
  return failure == FAILED_WRITE ? 3 : failure ? 4 : 0;
}

int wget_main(char **argv) {
  char *urls[256];
  int count = 0, failure = 0;
  const char *value;

  for (char **at = argv + 1; *at; at++) {
    if (**at != '-' || !(*at)[1]) {
      if (count < 256) urls[count++] = *at;
    } else if (is_one(*at, 'q', "quiet")) o.quiet = 1;
    else if (is_one(*at, 'S', "server-response")) o.show_head = 1;
    else if (is_one(*at, 0, "spider")) o.spider = 1;
    else if (is_one(*at, 'c', "continue") || is_one(*at, 0, "no-check-certificate") || is_one(*at, 0, "no-verbose")) continue;
    else if (!strcmp(*at, "-qO-")) o.quiet = 1, o.output = "-";
    else if (!strcmp(*at, "-qO") && at[1]) o.quiet = 1, o.output = *++at;
    else if (!strcmp(*at, "-nv")) o.quiet = 1;
    else if ((value = value_of(&at, 'O', "output-document"))) o.output = value;
    else if ((value = value_of(&at, 'P', "directory-prefix"))) o.folder = value;
    else if ((value = value_of(&at, 'T', "timeout"))) o.limit_ms = strtod(value, NULL) * 1000;
    else if ((value = value_of(&at, 'U', "user-agent"))) text_print(&o.headers, "User-Agent: %s\n", value);
    else if ((value = value_of(&at, 't', "tries"))) continue;
    else if ((value = value_of(&at, 0, "header"))) text_print(&o.headers, "%s\n", value);
    else if ((value = value_of(&at, 0, "method"))) o.method = value;
    else if ((value = value_of(&at, 0, "post-data"))) o.data = value, o.data_length = strlen(value);
    else if ((value = value_of(&at, 0, "post-file"))) o.data_file = value;
    else usage(*at);
  }
  if (o.data_file) {
    struct text all = {0};
    char bytes[65536];
    size_t some;
    FILE *in = strcmp(o.data_file, "-") ? fopen(o.data_file, "r") : stdin;
    if (in == NULL) {
      fprintf(stderr, "wget: %s: %s\n", o.data_file, strerror(errno));
      return 3;
    }
    text_add(&all, "", 0);
    while ((some = fread(bytes, 1, sizeof(bytes), in)) > 0) text_add(&all, bytes, some);
    o.data = all.bytes;
    o.data_length = all.length;
  }
  if (o.data && !(o.headers.bytes && strcasestr(o.headers.bytes, "content-type:")))
    text_print(&o.headers, "Content-Type: application/x-www-form-urlencoded\n");
  if (count == 0) {
    fprintf(stderr, "wget: missing URL; man wget says how it is used\n");
    return 1;
  }
  for (int i = 0; i < count; i++) {
    int failed = get(urls[i]);
    if (failed) failure = failed;
  }
  return failure;
}

int main(int argc, char **argv) {
  const char *name = argc > 0 ? strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0] : "curl";
  return strcmp(name, "wget") ? curl_main(argv) : wget_main(argv);
}
