/* The compiler driver: `cc` and `c++` compile and link as everywhere, `c` and `cpp` compile a program and become it.
 *
 * clang's own driver cannot start the linker, nor two compilations, in a program of its own, so this one does: it sorts
 * the words of the command line into those of the compiler and those of the linker, starts clang once for each source
 * file and then wasm-ld. What it does not know it hands to the compiler, whose messages are the best there are.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wasm-elements.h>

#define HOME "/opt/clang"
#define COMPILER "/usr/bin/clang-22"
#define LINKER "/usr/bin/wasm-ld"

struct words {
  const char **at;
  size_t count, room;
};

static const char *self;

static void add(struct words *words, const char *word) {
  if (words->count == words->room) {
    words->room = words->room ? 2 * words->room : 32;
    words->at = realloc(words->at, words->room * sizeof *words->at);
    if (!words->at) abort();
  }
  words->at[words->count++] = word;
}

static void add_all(struct words *words, const char *const *list) {
  for (; *list; list++) add(words, *list);
}

static char *joined(const char *a, const char *b) {
  char *text = malloc(strlen(a) + strlen(b) + 1);
  if (!text) abort();
  return strcat(strcpy(text, a), b);
}

static _Noreturn void refuse(const char *what, const char *why) {
  fprintf(stderr, "%s: error: %s: %s\n", self, what, why);
  exit(1);
}

/* ── starting programs ─────────────────────────────────────────────────────────────────────────── */

static struct we_spawn request_of(const char *path, const struct words *words) {
  size_t length = 0;
  for (size_t i = 0; i < words->count; i++) length += strlen(words->at[i]) + 1;
  char *text = malloc(length), *end = text;
  if (!text) abort();
  for (size_t i = 0; i < words->count; i++) end = stpcpy(end, words->at[i]) + 1;
  return (struct we_spawn){.path = path, .path_length = strlen(path), .args = text, .args_length = length};
}

/* The exit code of the program, 128 and the signal where one ended it, 127 where it could not be started. */
static int run(const char *path, const struct words *words, int is_shown) {
  if (is_shown) {
    for (size_t i = 0; i < words->count; i++) fprintf(stderr, " \"%s\"", words->at[i]);
    fputc('\n', stderr);
  }
  struct we_spawn request = request_of(path, words);
  int32_t pid, status, waited;
  int code = we_spawn(&request, &pid);
  free((void *)request.args);
  if (code != 0) {
    fprintf(stderr, "%s: error: %s cannot be started: %s\n", self, path, strerror(code));
    return 127;
  }
  while ((code = we_wait(pid, 0, &status, &waited)) == EINTR);
  if (code != 0) return 127;
  return WE_EXITED(status) ? WE_EXIT_CODE(status) : 128 + WE_SIGNAL(status);
}

/* ── the command line ──────────────────────────────────────────────────────────────────────────── */

struct command {
  int is_cpp;
  int has_language; /* -x */
  /* Of the compiler, in order; sources are among `inputs`. */
  struct words compile;
  /* Of the linker: objects, libraries and sources in their order. */
  struct words inputs;
  struct words link;
  const char *output;
  int stops_early; /* -c, -S, -E …: no linking */
  int only_asks;   /* --version …: the compiler answers */
  int is_shown;    /* -v */
  int takes_header; /* no option that a precompiled header would not agree with */
  int has_debug, strips, has_optimization;
};

static int ends_with(const char *name, const char *const *endings) {
  const char *dot = strrchr(name, '.');
  for (; dot && *endings; endings++)
    if (!strcmp(dot, *endings)) return 1;
  return 0;
}
static int is_cpp_file(const char *name) {
  return ends_with(name, (const char *const[]){".cpp", ".cc", ".cxx", ".C", ".c++", ".ii", 0});
}
static int is_source(const char *name) {
  return is_cpp_file(name) || ends_with(name, (const char *const[]){".c", ".i", ".s", ".S", 0});
}
/* By its name, or because -x says so. */
static int is_compiled(int has_language, const char *input) {
  if (!has_language) return is_source(input);
  return (input[0] != '-' || !input[1]) && !ends_with(input, (const char *const[]){".o", ".a", 0});
}
static int starts(const char *word, const char *with) { return !strncmp(word, with, strlen(with)); }
static int is_one_of(const char *word, const char *const *list) {
  for (; *list; list++)
    if (!strcmp(word, *list)) return 1;
  return 0;
}

static const char no_threads[] = "threads are not available here; start another process instead";

static void check_allowed(const char *word) {
  if (is_one_of(word, (const char *const[]){"-fexceptions", "-fcxx-exceptions", 0}))
    refuse(word, "C++ exceptions are not available here; return errors instead, or end the program");
  if (is_one_of(word, (const char *const[]){"-pthread", "-pthreads", "-fopenmp", "-lpthread", "-mthreads", 0}))
    refuse(word, no_threads);
  if (is_one_of(word, (const char *const[]){"-shared", "-dynamiclib", "-rdynamic", 0}))
    refuse(word, "there are no shared libraries here; link the objects or an archive");
}

/* Options whose value is the next word. */
static const char *const with_value[] = {"-I",       "-D",       "-U",      "-x",        "-include", "-isystem", "-iquote", "-idirafter",
                                         "-MF",      "-MT",      "-MQ",     "-Xclang",   "-mllvm",   "--param",  "-target", "-Xpreprocessor",
                                         "-imacros", "-isysroot", "--sysroot", 0};
static const char *const early[] = {"-c", "-S", "-E", "-M", "-MM", "-fsyntax-only", "--analyze", "-emit-llvm", 0};
static const char *const asking[] = {"--version", "-dumpversion", "-dumpmachine", "--help", "-help", "-###", "--print-targets", 0};

static void read_words(struct command *command, int count, char **words) {
  for (int i = 0; i < count; i++) {
    const char *word = words[i];
    const char *next = i + 1 < count ? words[i + 1] : 0;
    check_allowed(word);
    if (!strcmp(word, "-o") && next) {
      command->output = next;
      i++;
    } else if (starts(word, "-o") && word[2]) {
      command->output = word + 2;
    } else if (starts(word, "-Wl,")) {
      for (char *part = strtok(strdup(word + 4), ","); part; part = strtok(0, ",")) add(&command->inputs, part);
    } else if (!strcmp(word, "-Xlinker") && next) {
      add(&command->inputs, next);
      i++;
    } else if ((!strcmp(word, "-L") || !strcmp(word, "-l")) && next) {
      add(&command->inputs, joined(word, next));
      i++;
    } else if (starts(word, "-l") || starts(word, "-L")) {
      /* All of it is in libc. */
      if (!is_one_of(word, (const char *const[]){"-lm", "-lrt", "-ldl", 0})) add(&command->inputs, word);
    } else if (!strcmp(word, "-s")) {
      command->strips = 1;
    } else if (is_one_of(word, (const char *const[]){"-static", "-no-pie", "-pie", "-fPIC", "-fpic", "-fPIE", "-pipe", "-m32", 0})) {
      /* As everything is here, or of no meaning. */
    } else if (is_one_of(word, with_value) && next) {
      if (word[1] != 'I' && word[1] != 'M') command->takes_header = 0;
      if (!strcmp(word, "-x")) {
        command->has_language = strcmp(next, "none") != 0;
        command->is_cpp |= !strcmp(next, "c++");
      }
      add(&command->compile, word);
      add(&command->compile, next);
      i++;
    } else if (word[0] == '-' && word[1]) {
      if (!strcmp(word, "-v")) command->is_shown = 1;
      if (is_one_of(word, early)) command->stops_early = 1;
      if (is_one_of(word, asking)) command->only_asks = 1;
      if (starts(word, "-print-") || starts(word, "--print-")) command->only_asks = 1;
      if (starts(word, "-g") && strcmp(word, "-g0")) command->has_debug = 1;
      if (starts(word, "-O")) command->has_optimization = 1;
      if (!starts(word, "-W") && !starts(word, "-I") && strcmp(word, "-v") && strcmp(word, "-c")) command->takes_header = 0;
      add(&command->compile, word);
    } else {
      add(&command->inputs, word);
    }
  }
}

/* ── compiling ─────────────────────────────────────────────────────────────────────────────────── */

static const char *const always[] = {
    "--target=wasm32-wasip1", "-resource-dir", HOME, "--sysroot=" HOME, "-isystem", HOME "/extension",
    /* setjmp by the exceptions of WebAssembly that every browser has. */
    "-mllvm", "-wasm-enable-sjlj", "-mllvm", "-wasm-use-legacy-eh=true",
    "-D_WASI_EMULATED_SIGNAL", "-D_WASI_EMULATED_PROCESS_CLOCKS", "-D_WASI_EMULATED_GETPID", "-D_WASI_EMULATED_MMAN", 0};
/* Without this each standard header brings most of the others, and compiling takes half as long again. */
static const char *const always_cpp[] = {"-fno-exceptions", "-D_LIBCPP_REMOVE_TRANSITIVE_INCLUDES", 0};

static int includes_stream(const char *path) {
  char text[16384];
  FILE *file = fopen(path, "r");
  size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
  if (file) fclose(file);
  text[length] = 0;
  return strstr(text, "<iostream>") || strstr(text, "<sstream>") || strstr(text, "<iomanip>") || strstr(text, "<fstream>");
}

static void begin_compile(struct words *words, const struct command *command, int is_cpp) {
  add(words, is_cpp ? "clang++" : "clang");
  add_all(words, always);
  if (is_cpp) add_all(words, always_cpp);
  /* What is compiled here is to run here: that is faster, and what the precompiled header was made with. */
  if (!command->has_optimization && !command->has_debug) add(words, "-O1");
  for (size_t i = 0; i < command->compile.count; i++) add(words, command->compile.at[i]);
}

/* An object of a source, in /tmp. */
static int compile(const struct command *command, const char *source, const char *object) {
  struct words words = {0};
  int is_cpp = command->is_cpp || is_cpp_file(source);
  begin_compile(&words, command, is_cpp);
  if (is_cpp && command->takes_header && includes_stream(source)) {
    add(&words, "-include-pch");
    add(&words, HOME "/streams.pch");
  }
  add(&words, "-c");
  add(&words, source);
  add(&words, "-o");
  add(&words, object);
  int code = run(COMPILER, &words, command->is_shown);
  free(words.at);
  return code;
}

static const char *temporary(const char *name, int number, const char *ending) {
  static int32_t ids[4];
  if (!ids[0]) we_identity(0, ids);
  char *text = malloc(strlen(name) + 64);
  if (!text) abort();
  const char *slash = strrchr(name, '/');
  sprintf(text, "/tmp/%s.%d.%d%s", slash ? slash + 1 : name, (int)ids[0], number, ending);
  return text;
}

static void make_executable(const char *path) {
  uint32_t mask, zero;
  we_umask(0, &mask);
  we_umask(mask, &zero);
  we_change_mode(path, strlen(path), 0777 & ~mask);
}

/* Whether a file has a text in it. */
static int contains(const char *path, const char *text) {
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  fseek(file, 0, SEEK_END);
  size_t length = ftell(file);
  char *bytes = malloc(length + 1);
  rewind(file);
  int found = bytes && fread(bytes, 1, length, file) == length && memmem(bytes, length, text, strlen(text));
  fclose(file);
  free(bytes);
  return found;
}

/* What the linker lets pass and cannot work: names of functions in the program say so, each with its length before it. */
static void check_program(const char *path) {
  const char *what = 0, *why = 0;
  if (contains(path, "\x13undefined_weak:main") || contains(path, "\x1fundefined_weak:__main_argc_argv")) {
    what = "main";
    why = "the program has none; write int main(void) or int main(int argc, char *argv[])";
  } else if (contains(path, "\x0epthread_create") || contains(path, "\x10__pthread_create")) {
    what = "pthread_create";
    why = no_threads;
  }
  if (!what) return;
  unlink(path);
  refuse(what, why);
}

/* Everything into a program; sources are compiled first. */
static int build(struct command *command, const char *output) {
  struct words link = {0}, made = {0};
  int code = 0, is_cpp = command->is_cpp;
  add(&link, "wasm-ld");
  add_all(&link, (const char *const[]){"-m", "wasm32", "-L" HOME "/lib/wasm32-wasip1", "-L" HOME "/lib/wasm32-unknown-wasip1",
                                        HOME "/lib/wasm32-wasip1/crt1-command.o", "-z", "stack-size=1048576", "--stack-first", 0});
  if (command->strips) add(&link, "-s");
  else if (!command->has_debug) add(&link, "--strip-debug");
  for (size_t i = 0; i < command->inputs.count && code == 0; i++) {
    const char *input = command->inputs.at[i];
    if (is_compiled(command->has_language, input)) {
      const char *object = temporary(input, (int)i, ".o");
      is_cpp |= is_cpp_file(input);
      code = compile(command, input, object);
      add(&made, object);
      input = object;
    }
    add(&link, input);
  }
  if (is_cpp) add_all(&link, (const char *const[]){"-lc++", "-lc++abi", 0});
  add_all(&link, (const char *const[]){"-lwasi-emulated-signal", "-lwasi-emulated-process-clocks", "-lwasi-emulated-getpid",
                                        "-lwasi-emulated-mman", "-lsetjmp", "-lc", "-lclang_rt.builtins", "-o", output, 0});
  int is_compiled = code == 0;
  if (is_compiled) code = run(LINKER, &link, command->is_shown);
  int wants_threads = 0;
  for (size_t i = 0; i < made.count; i++) {
    if (is_compiled && code != 0) wants_threads |= contains(made.at[i], "\x0bthrd_create");
    unlink(made.at[i]);
  }
  if (wants_threads) refuse("thrd_create", no_threads);
  if (code != 0) return code;
  check_program(output);
  make_executable(output);
  return 0;
}

/* `ld`: the linker, which finds the libraries that are here. */
static int link_only(int count, char **words) {
  struct words link = {0};
  const char *output = "a.out";
  add_all(&link, (const char *const[]){"wasm-ld", "-L" HOME "/lib/wasm32-wasip1", "-L" HOME "/lib/wasm32-unknown-wasip1", "-o", output, 0});
  for (int i = 0; i < count; i++) {
    add(&link, words[i]);
    if (i + 1 < count && is_one_of(words[i], (const char *const[]){"-o", "--output", 0})) output = words[i + 1];
    else if (starts(words[i], "--output=")) output = words[i] + 9;
    else if (starts(words[i], "-o") && words[i][2]) output = words[i] + 2;
  }
  int code = run(LINKER, &link, 0);
  if (code == 0 && !access(output, F_OK)) make_executable(output);
  return code;
}

static int compile_only(const struct command *command) {
  struct words words = {0};
  int code = 0;
  if (command->only_asks || command->inputs.count == 0) {
    begin_compile(&words, command, command->is_cpp);
    for (size_t i = 0; i < command->inputs.count; i++) add(&words, command->inputs.at[i]);
    return run(COMPILER, &words, command->is_shown);
  }
  if (command->output && command->inputs.count > 1)
    refuse("-o", "cannot be given where several files are compiled without linking them");
  for (size_t i = 0; i < command->inputs.count && code == 0; i++) {
    words.count = 0;
    begin_compile(&words, command, command->is_cpp || is_cpp_file(command->inputs.at[i]));
    add(&words, command->inputs.at[i]);
    if (command->output) {
      add(&words, "-o");
      add(&words, command->output);
    }
    code = run(COMPILER, &words, command->is_shown);
  }
  return code;
}

/* ── c and cpp ─────────────────────────────────────────────────────────────────────────────────── */

/* Programs of earlier runs, whose processes are gone. */
static void remove_old(void) {
  DIR *folder = opendir("/tmp");
  struct dirent *entry;
  while (folder && (entry = readdir(folder))) {
    const char *dot = strstr(entry->d_name, ".run.");
    if (dot && we_kill(atoi(dot + 5), 0) == ESRCH) unlink(joined("/tmp/", entry->d_name));
  }
  if (folder) closedir(folder);
}

/* The words of a variable, as a shell would split them without quotes. */
static void read_variable(struct command *command, const char *name) {
  const char *value = getenv(name);
  if (!value) return;
  char *words[256];
  int count = 0;
  for (char *word = strtok(strdup(value), " \t\n"); word && count < 256; word = strtok(0, " \t\n")) words[count++] = word;
  read_words(command, count, words);
}

/* The other source files beside the first one: a program may have several. */
static void add_neighbours(struct command *command, const char *first) {
  const char *slash = strrchr(first, '/');
  char *path = slash ? strndup(first, slash - first + 1) : strdup("");
  DIR *folder = opendir(*path ? path : ".");
  struct dirent *entry;
  while (folder && (entry = readdir(folder))) {
    const char *name = entry->d_name;
    int fits = command->is_cpp ? is_cpp_file(name) : ends_with(name, (const char *const[]){".c", 0});
    if (fits && strcmp(name, slash ? slash + 1 : first)) add(&command->inputs, joined(path, name));
  }
  if (folder) closedir(folder);
}

/* Compiles the file that the first word names, with those beside it, and goes on as that program. */
static int compile_and_become(struct command *command, int count, char **words) {
  int first = 0;
  while (first < count && words[first][0] == '-') first++;
  if (first == count) {
    fprintf(stderr, "%s: say which file to compile and run, as in '%s main.%s'.\n", self, self, command->is_cpp ? "cpp" : "c");
    return 2;
  }
  const char *source = words[first];
  if (access(source, R_OK)) refuse(source, strerror(errno));
  remove_old();
  read_variable(command, command->is_cpp ? "CXXFLAGS" : "CFLAGS");
  read_words(command, first, words);
  add(&command->inputs, source);
  add_neighbours(command, source);
  read_variable(command, "LDFLAGS");
  read_variable(command, "LDLIBS");
  int32_t ids[4];
  char number[16];
  we_identity(0, ids);
  sprintf(number, ".run.%d", (int)ids[0]);
  const char *slash = strrchr(source, '/');
  const char *program = joined(joined("/tmp/", slash ? slash + 1 : source), number);
  int code = build(command, program);
  if (code != 0) return code;
  struct words args = {0};
  add(&args, source);
  for (int i = first + 1; i < count; i++) add(&args, words[i]);
  struct we_spawn request = request_of(program, &args);
  code = we_execute(&request);
  refuse(program, strerror(code));
}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  self = slash ? slash + 1 : argv[0];
  const char *at = strchr(self, '@'); /* c@22 */
  if (at) self = strndup(self, at - self);
  if (!strcmp(self, "ld")) return link_only(argc - 1, argv + 1);
  struct command command = {.takes_header = 1};
  command.is_cpp = is_one_of(self, (const char *const[]){"cpp", "c++", "g++", "clang++", 0});
  if (is_one_of(self, (const char *const[]){"c", "cpp", 0})) return compile_and_become(&command, argc - 1, argv + 1);
  read_words(&command, argc - 1, argv + 1);
  if (command.only_asks || command.stops_early) return compile_only(&command);
  if (command.inputs.count == 0 && !command.is_shown) refuse("no input files", "say which files to compile, or --help");
  if (command.inputs.count == 0) return compile_only(&command);
  return build(&command, command.output ? command.output : "a.out");
}
