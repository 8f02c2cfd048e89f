/* man.c - what a command does, shortly: the help of an applet, or a text of ours.

USE_MAN(NEWTOY(man, "(options)k", TOYFLAG_USR|TOYFLAG_BIN))

config MAN
  bool "man"
  default y
  help
    usage: man [-k] COMMAND...

    Show what a command does and which options it has.

    -k	List commands that have to do with a word
    --options	Print the names of the options alone
*/

#define FOR_man
#include "toys.h"

// Commands that are programs of their own.
static const struct {
  char *names, *text;
} texts[] = {
  {"sh bash mksh", "usage: sh [-c COMMAND] [-exuvn] [FILE [ARGUMENT...]]\n\n"
    "The shell: mksh, which knows most of bash. help lists what is built in, and says what each of it does.\n\n"
    "-c\tRun COMMAND\n-e\tEnd at the first command that fails\n-x\tShow each command before it runs\n"
    "-u\tA variable that is not set is an error\n-v\tShow each line as it is read\n-n\tRead, and run nothing\n\n"
    "On a terminal: Tab completes, arrows and ^R find earlier commands, ^C interrupts, ^Z stops, ^D ends.\n"
    "Read at the start: ~/.bash_profile or ~/.profile, $ENV or ~/.mkshrc or ~/.bashrc. History: ~/.sh_history."},
  {"python python3", "usage: python [-c COMMAND | -m MODULE | FILE | -] [ARGUMENT...]\n\n"
    "CPython. Without a file it reads what is typed.\n\n"
    "-c\tRun COMMAND\n-m\tRun a module: python -m http.server, python -m pip install NAME\n-i\tGo on interactively afterwards\n"
    "-u\tDo not gather output\n-B\tWrite no .pyc files\n-O\tLeave out assertions\n-q\tNo greeting\n-W\tWarnings: ignore, error …\n"
    "-V\tSay the version\n--version\tThe same\n--help\tAll options"},
  {"pip pip3", "usage: pip install NAME... | pip list\n\nPython packages, from the index that the page allows."},
  {"javascript js typescript ts", "usage: javascript FILE [ARGUMENT...]\n\nRun a script or a module on the browser's own engine; typescript leaves out the types first."},
  {"awk nawk", "usage: awk [-F SEPARATOR] [-v NAME=VALUE] [-f FILE | PROGRAM] [FILE...]\n\n"
    "Run a program over lines of text: awk '{ print $1 }', awk -F: '$3 > 9 { sum += $3 } END { print sum }'.\n\n"
    "-F\tWhat separates fields\n-v\tSet a variable\n-f\tRead the program from a file\n--version\tSay the version"},
  {"jq", "usage: jq [-rcnsSe] [--arg NAME VALUE] FILTER [FILE...]\n\n"
    "Pick from JSON, and change it: jq .name, jq '.[] | select(.age > 3) | .name', jq -r '.a[0]'.\n\n"
    "-r\tStrings without quotes\n-c\tEach value on one line\n-n\tRead no input\n-s\tAll input as one list\n-S\tSorted keys\n"
    "-R\tRead lines as strings\n-e\tExit status by the last value\n-f\tRead the filter from a file\n-j\tAs -r, without line ends\n"
    "--arg\tA variable that is a string\n--argjson\tA variable that is JSON\n--slurpfile\tA variable out of a file\n--tab\tIndent by tabs\n--indent\tIndent by so many"},
  {"less", "usage: less [-FNRSXi] [FILE...]\n\nShow text page by page: space and b, arrows, /word and n, g and G, q.\n\n"
    "-F\tEnd at once where it fits on the screen\n-N\tNumber lines\n-R\tShow colours\n-S\tCut long lines\n-X\tLeave the text on the screen\n-i\tSearch without regard to case"},
  {"curl", "usage: curl [OPTION...] URL...\n\nGet from a server, or send to one: of the web where the page allows that by network=\"…\", or of this sandbox\n"
    "(localhost).\n\n"
    "-o\tWrite to FILE\n-O\tWrite to a file of the name in the URL\n-s\tNo messages\n-S\tWith -s: errors all the same\n-f\tErrors of HTTP are failures (22)\n"
    "-L\tFollow redirects\n-i\tHeaders too\n-I\tHeaders alone (HEAD)\n-v\tSay what is sent and what comes\n-X\tMethod\n-H\tHeader, NAME: VALUE\n"
    "-d\tData to send (POST); @FILE, @- is stdin\n-G\tData goes into the URL\n-u\tNAME:PASSWORD\n-A\tUser-Agent\n-e\tReferer\n-m\tSeconds it may take\n-w\tWrite after it: %{http_code} …\n-T\tSend FILE (PUT)\n"
    "-F\tA field of a form, NAME=VALUE or NAME=@FILE\n-D\tWrite headers to FILE\n-k\tAllowed, and nothing\n"
    "--data-raw\tData, @ means nothing\n--data-binary\tData as it is\n--data-urlencode\tData, encoded\n--json\tData that is JSON\n--fail\tAs -f\n--fail-with-body\tAs -f, with the body\n"
    "--location\tAs -L\n--silent\tAs -s\n--show-error\tAs -S\n--include\tAs -i\n--head\tAs -I\n--verbose\tAs -v\n--request\tAs -X\n--header\tAs -H\n--data\tAs -d\n--get\tAs -G\n--user\tAs -u\n"
    "--output\tAs -o\n--remote-name\tAs -O\n--max-time\tAs -m\n--write-out\tAs -w\n--compressed\tAllowed, and nothing"},
  {"wget", "usage: wget [-q] [-O FILE] URL...\n\nGet files from a server: of the web where the page allows that, or of this sandbox.\n\n"
    "-q\tNo messages\n-O\tWrite to FILE; - is stdout\n-S\tShow headers\n-T\tSeconds it may take\n-P\tDirectory for the files\n"
    "--header\tHeader, NAME: VALUE\n--post-data\tData to send\n--post-file\tFile to send\n--spider\tOnly look whether it is there"},
  {"cc c++ clang clang++", "usage: cc [-c] [-o FILE] [-O2] [-g] FILE...\n\nCompile C; c++ compiles C++. The first time, the compiler is downloaded.\n\n"
    "-o\tName of the program\n-c\tDo not link\n-O2\tOptimise\n-g\tKeep what debuggers need\n-Wall\tWarn of what is suspicious\n-I\tDirectory of headers\n-D\tDefine a macro\n-l\tLink a library\n-L\tDirectory of libraries\n-std\tLanguage: -std=c17, -std=c++20\n-E\tOnly the preprocessor\n-S\tOnly to assembly"},
};

static int has_word(char *words, char *word)
{
  unsigned length = strlen(word);
  char *at;

  for (at = words; (at = strstr(at, word)); at++)
    if ((at == words || at[-1] == ' ') && (!at[length] || at[length] == ' ')) return 1;

  return 0;
}

// What there is to say of a command, null where that is nothing. Applets first: their options are as they are built.
static char *text_of(char *name)
{
  struct toy_list *own = toys.which, *toy = toy_find(name);
  char *text = 0;
  size_t length, i;
  FILE *out;

  for (i = 0; i < ARRAY_LEN(texts); i++) if (has_word(texts[i].names, name)) return texts[i].text;
  if (!toy || toy == toy_list || !(out = open_memstream(&text, &length))) return 0;
  toys.which = toy;
  show_help(out, 3);
  toys.which = own;
  fclose(out);

  return text;
}

// A command elsewhere says it itself; whether it could be started.
static int say_by_itself(char *name)
{
  char *builtin[] = {"sh", "-c", "help \"$1\" 2>/dev/null", "sh", name, 0}, *other[] = {name, "--help", 0};
  int status;
  pid_t pid;

  if (0<(pid = spawn_child(builtin, 0, 0, 0))) {
    waitpid(pid, &status, 0);
    if (!status) return 1;
  }
  if (0>(pid = spawn_child(other, (int []){open("/dev/null", O_RDONLY), 1}, 0, 0))) return 0;
  waitpid(pid, &status, 0);

  return 1;
}

static void print_options(char *text)
{
  char *at, *end;

  for (at = text; *at; at++) {
    if (*at != '-' || (at != text && !strchr(" \t\n[,|", at[-1]))) continue;
    for (end = at+1; isalnum(*end) || strchr("-_+", *end) && *end; end++);
    if (end == at+1) continue;
    if (at[1] == '-') {
      if (end > at+2) xprintf("%.*s\n", (int)(end-at), at);
    // [-abc] is three of them
    } else if (at != text && at[-1] == '[' && *end != ' ') {
      while (++at < end) xprintf("-%c\n", *at);
      at--;
    } else if (at == text || at[-1] == '\n' || at[-1] == '\t') xprintf("%.*s\n", (int)(end-at), at);
  }
}

static pid_t start_pager(void)
{
  char *argv[] = {"less", "-FRX", 0};
  int ends[2], out[2];
  pid_t pid;

  if (!isatty(1) || pipe(ends)) return 0;
  out[0] = ends[0], out[1] = 1;
  pid = spawn_child(argv, out, 0, 0);
  close(ends[0]);
  if (pid>0) dup2(ends[1], 1);
  close(ends[1]);

  return pid>0 ? pid : 0;
}

static void list_about(char *word)
{
  int i;

  for (i = 1; i < toys.toycount+(int)ARRAY_LEN(texts); i++) {
    int own = i >= toys.toycount;
    char *name = own ? texts[i-toys.toycount].names : toy_list[i].name, *text, *line;

    if (!own && !toy_list[i].flags) continue;
    if (!(text = own ? texts[i-toys.toycount].text : text_of(name))) continue;
    // behind the usage
    if ((line = strstr(text, "\n\n"))) line += 2;
    if (!strcasestr(name, word) && !(line && strcasestr(line, word))) continue;
    xprintf("%-12s %.*s\n", name, line ? (int)strcspn(line, "\n") : 0, line ? line : "");
  }
}

void man_main(void)
{
  char **name = toys.optargs, *text;
  pid_t pager;
  int status;

  if (!*name) help_exit("whose manual?");
  if (FLAG(options)) {
    for (; *name; name++) if ((text = text_of(*name))) print_options(text);
    return;
  }
  pager = start_pager();
  for (; *name; name++) {
    // man 1 ls
    if (isdigit(**name) && !(*name)[1] && name[1]) continue;
    if (FLAG(k)) list_about(*name);
    else if ((text = text_of(*name))) xprintf("%s%s\n", name == toys.optargs ? "" : "\n", text);
    else if (fflush(stdout), !say_by_itself(*name)) {
      error_msg("nothing is known of %s", *name);
      toys.exitval = 16;
    }
  }
  fflush(stdout);
  if (pager) {
    close(1);
    waitpid(pager, &status, 0);
    // what follows writes nothing
    _exit(toys.exitval);
  }
}
