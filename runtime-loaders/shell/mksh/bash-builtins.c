/* builtins of bash that mksh has not: mapfile, pushd, shopt, type and others */
#include "sh.h"
#include <errno.h>

/* what mapfile -C names, with the line's place and the line */
static void
call_back(const char *name, int place, const char *line)
{
	struct shf shf;

	shf_sopen(NULL, 0, SHF_WR | SHF_DYNAMIC, &shf);
	shf_fprintf(&shf, "%s %d ", name, place);
	print_value_quoted(&shf, line);
	shf_flush(shl_stdout);
	command(shf_sclose(&shf), 0);
	shl_stdout_ok = true;
}

/* mapfile, readarray: lines into an array */
int
c_mapfile(const char **wp)
{
	const char *ccp, *name;
	XPtrV lines;
	XString xs;
	char *xp, c, delim = '\n';
	int optc, fd = 0, count = 0, skip = 0, from = -1, n;
	bool strip = false, any = false;
	const char *callback = NULL;
	int every = 5000;

	while ((optc = ksh_getopt(wp, &builtin_opt, "d:n:O:s:tu:c:C:")) != -1) {
		ccp = builtin_opt.optarg;
		switch (optc) {
		case 'd':
			delim = *ccp;
			break;
		case 't':
			strip = true;
			break;
		case 'n':
		case 'O':
		case 's':
			if (!getn(ccp, &n)) {
				bi_errorf("%s: invalid number", ccp);
				return (1);
			}
			*(optc == 'n' ? &count : optc == 'O' ? &from : &skip) = n;
			break;
		case 'u':
			if ((fd = check_fd(ccp, R_OK, &ccp)) < 0) {
				bi_errorf("%s: %s", builtin_opt.optarg, ccp);
				return (1);
			}
			break;
		case 'C':
			callback = ccp;
			break;
		case 'c':
			if (!getn(ccp, &every) || every < 1) {
				bi_errorf("%s: invalid callback quantum", ccp);
				return (1);
			}
			break;
		case '?':
			return (2);
		}
	}
	name = wp[builtin_opt.optind] ? wp[builtin_opt.optind] : "MAPFILE";
	XPinit(lines, 64);
	Xinit(xs, xp, 128, ATEMP);
	while ((n = blocking_read(fd, &c, 1)) == 1) {
		any = true;
		Xcheck(xs, xp);
		if (c != delim || !strip)
			*xp++ = c;
		if (c != delim)
			continue;
		any = false;
		*xp++ = '\0';
		if (skip > 0) {
			--skip;
			Xfree(xs, xp);
		} else {
			XPput(lines, Xclose(xs, xp));
			n = (int)XPsize(lines);
			if (callback && n % every == 0)
				call_back(callback, n - 1 + (from < 0 ? 0 : from),
				    XPptrv(lines)[n - 1]);
		}
		Xinit(xs, xp, 128, ATEMP);
		if (count > 0 && XPsize(lines) == (size_t)count)
			break;
	}
	if (any && skip == 0) {
		*xp++ = '\0';
		XPput(lines, Xclose(xs, xp));
	}
	if (from >= 0) {
		for (n = 0; n < (int)XPsize(lines); ++n)
			setstr(arraysearch(global(name), from + n),
			    XPptrv(lines)[n], KSH_RETURN_ERROR);
		return (0);
	}
	XPput(lines, NULL);
	set_array(name, 1, (const char **)XPptrv(lines));
	return (0);
}

/* directories below the current one, the newest last */
static char **directories;
static size_t ndirectories;

static void
print_directory(const char *dir, bool is_long)
{
	const char *home = str_val(global("HOME"));
	size_t n = strlen(home);

	if (!is_long && n > 1 && !strncmp(dir, home, n) &&
	    (dir[n] == '/' || !dir[n])) {
		shf_putc('~', shl_stdout);
		dir += n;
	}
	shf_puts(dir, shl_stdout);
}

static int
change_directory(const char *dir)
{
	const char *args[] = { "cd", "--", dir, NULL };

	return (call_builtin(findcom("cd", FC_BI), args, "cd", false) ? 1 : 0);
}

/* the directory that +N (from the newest) or -N (from the oldest) means, 0 the current one; -1: none has that number,
 * -2: no number */
static int
numbered(const char *word)
{
	int n;

	if ((*word != '+' && *word != '-') || !ctype(word[1], C_DIGIT) ||
	    !getn(word + 1, &n))
		return (-2);
	if (*word == '-')
		n = (int)ndirectories - n;
	return (n < 0 || n > (int)ndirectories ? -1 : n);
}

static const char *
directory(int n)
{
	return (n ? directories[ndirectories - n] : current_wd);
}

static int
no_directory(const char *word)
{
	bi_errorf(ndirectories ? "%s: directory stack index out of range" :
	    "%s: directory stack empty", word);
	return (1);
}

static void
forget_directory(int n)
{
	size_t at = ndirectories - n;

	memmove(directories + at, directories + at + 1,
	    (n - 1) * sizeof(char *));
	--ndirectories;
}

int
c_dirs(const char **wp)
{
	int i, one = -1;
	bool is_long = false, lines = false, numbers = false;

	while (*++wp) {
		if (!strcmp(*wp, "-c")) {
			ndirectories = 0;
			return (0);
		}
		if ((i = numbered(*wp)) == -1)
			return (no_directory(*wp));
		if (i >= 0)
			one = i;
		is_long |= !strcmp(*wp, "-l");
		numbers |= !strcmp(*wp, "-v");
		lines |= numbers || !strcmp(*wp, "-p");
	}
	for (i = 0; i <= (int)ndirectories; ++i) {
		if (one >= 0 && i != one)
			continue;
		if (i && one < 0)
			shf_putc(lines ? '\n' : ' ', shl_stdout);
		if (numbers)
			shprintf("%2d  ", i);
		print_directory(directory(i), is_long);
	}
	shf_putc('\n', shl_stdout);
	return (0);
}

static int
say_directories(void)
{
	const char *none[] = { "dirs", NULL };

	return (c_dirs(none));
}

int
c_pushd(const char **wp)
{
	char **turned, *copy;
	bool stay = false;
	int n, i, count;

	if (wp[1] && !strcmp(wp[1], "-n")) {
		stay = true;
		++wp;
	}
	if (wp[1] && !strcmp(wp[1], "--"))
		++wp;
	if (wp[1] && (n = numbered(wp[1])) == -2) {
		if (!stay) {
			strdupx(copy, current_wd, APERM);
			if (change_directory(wp[1]))
				return (1);
		} else
			strdupx(copy, wp[1], APERM);
		directories = aresize2(directories, ndirectories + 1,
		    sizeof(char *), APERM);
		directories[ndirectories++] = copy;
		return (say_directories());
	}
	if (!ndirectories) {
		bi_errorf("no other directory");
		return (1);
	}
	if (!wp[1]) {
		strdupx(copy, current_wd, APERM);
		if (change_directory(directory(1)))
			return (1);
		directories[ndirectories - 1] = copy;
		return (say_directories());
	}
	if (n < 0)
		return (no_directory(wp[1]));
	/* all of them turn, so that the one meant is the current one */
	count = (int)ndirectories + 1;
	turned = alloc2(count, sizeof(char *), ATEMP);
	for (i = 0; i < count; ++i)
		strdupx(turned[i], directory((n + i) % count), APERM);
	if (!stay && change_directory(turned[0]))
		return (1);
	for (i = 1; i < count; ++i)
		directories[ndirectories - i] = turned[i];
	return (say_directories());
}

int
c_popd(const char **wp)
{
	bool stay = false;
	int n = 0;

	if (wp[1] && !strcmp(wp[1], "-n")) {
		stay = true;
		++wp;
	}
	if (!ndirectories) {
		bi_errorf("directory stack empty");
		return (1);
	}
	if (wp[1] && (n = numbered(wp[1])) < 0)
		return (no_directory(wp[1]));
	if (!n && !stay && change_directory(directory(1)))
		return (1);
	forget_directory(n ? n : 1);
	return (say_directories());
}

/* the order of enum shell_option; what is on from the start is in shell_options */
static const char * const option_names[] = {
	"nullglob", "globstar", "dotglob", "nocaseglob", "nocasematch",
	"failglob", "extglob", "expand_aliases", "lastpipe", "inherit_errexit",
	"sourcepath", "checkwinsize", "cmdhist", "interactive_comments",
	"promptvars", "progcomp", "histappend", "autocd", "cdspell", "xpg_echo",
	"localvar_inherit", "checkjobs", "direxpand", "huponexit", "histverify"
};
unsigned int shell_options = BIT(OPTION_EXTGLOB) | BIT(OPTION_ALIASES) |
    BIT(10) | BIT(11) | BIT(12) | BIT(13) | BIT(14) | BIT(15);

static void
print_option(size_t i, bool as_command)
{
	bool on = shell_options & BIT(i);

	if (as_command)
		shprintf("shopt -%c %s\n", on ? 's' : 'u', option_names[i]);
	else
		shprintf("%-15s\t%s\n", option_names[i], on ? "on" : "off");
}

int
c_shopt(const char **wp)
{
	int optc, rv = 0, change = 0;
	bool quiet = false, as_command = false;
	size_t i;

	while ((optc = ksh_getopt(wp, &builtin_opt, "suqpo")) != -1)
		switch (optc) {
		case 's':
		case 'u':
			change = optc;
			break;
		case 'q':
			quiet = true;
			break;
		case 'p':
			as_command = true;
			break;
		case '?':
			return (2);
		}
	wp += builtin_opt.optind;
	if (!*wp) {
		for (i = 0; i < NELEM(option_names); ++i)
			if (!change || !(shell_options & BIT(i)) == (change == 'u'))
				print_option(i, as_command);
		return (0);
	}
	for (; *wp; ++wp) {
		for (i = 0; i < NELEM(option_names); ++i)
			if (!strcmp(*wp, option_names[i]))
				break;
		if (i == NELEM(option_names)) {
			bi_errorf("%s: invalid shell option name", *wp);
			rv = 1;
		} else if (change == 's')
			shell_options |= BIT(i);
		else if (change == 'u')
			shell_options &= ~BIT(i);
		else {
			if (!quiet)
				print_option(i, as_command);
			if (!(shell_options & BIT(i)))
				rv = 1;
		}
	}
	return (rv);
}

/* whether something of the name is there; what it is, said in the given way */
static bool
describe(const char *name, int way, bool path_only)
{
	uint32_t h = hash(name);
	struct tbl *tp = NULL;

	if (!path_only && !(tp = ktsearch(&aliases, name, h)))
		tp = ktsearch(&keywords, name, h);
	if (!tp || !(tp->flag & ISSET || tp->type == CKEYWD))
		tp = findcom(name, path_only ? FC_PATH : FC_BI | FC_FUNC | FC_PATH);
	switch (tp->type) {
	case CALIAS:
		if (way == 't')
			shf_puts("alias\n", shl_stdout);
		else if (!way)
			shprintf("%s is aliased to `%s'\n", name, tp->val.s);
		return (true);
	case CKEYWD:
		if (way == 't')
			shf_puts("keyword\n", shl_stdout);
		else if (!way)
			shprintf("%s is a shell keyword\n", name);
		return (true);
	case CFUNC:
		if (way == 't')
			shf_puts("function\n", shl_stdout);
		else if (!way) {
			shprintf("%s is a function\n", name);
			fpFUNCTf(shl_stdout, 0, tobool(tp->flag & FKSH), name,
			    tp->val.t);
			shf_putc('\n', shl_stdout);
		}
		return (true);
	case CSHELL:
		if (way == 't')
			shf_puts("builtin\n", shl_stdout);
		else if (!way)
			shprintf("%s is a shell builtin\n", name);
		return (true);
	}
	if (!(tp->flag & ISSET))
		return (false);
	if (way == 't')
		shf_puts("file\n", shl_stdout);
	else if (way)
		shprintf("%s\n", tp->val.s);
	else
		shprintf("%s is %s\n", name, tp->val.s);
	return (true);
}

int
c_type(const char **wp)
{
	int optc, way = 0, rv = 0;
	bool path_only = false, all = false;

	while ((optc = ksh_getopt(wp, &builtin_opt, "tpPaf")) != -1)
		switch (optc) {
		case 't':
		case 'p':
			way = optc;
			break;
		case 'P':
			way = 'p';
			path_only = true;
			break;
		case 'a':
			all = true;
			break;
		case '?':
			return (2);
		}
	for (wp += builtin_opt.optind; *wp; ++wp)
		if (!describe(*wp, way, path_only)) {
			if (!way)
				bi_errorf("%s: not found", *wp);
			rv = 1;
		} else if (all && !path_only) {
			struct tbl *tp = findcom(*wp, FC_BI | FC_FUNC);

			/* the file that a builtin or a function hides */
			if (tp && (tp->type == CSHELL || tp->type == CFUNC))
				describe(*wp, way, true);
		}
	return (rv);
}

int
c_history(const char **wp)
{
	const char *args[] = { "fc", "-l", NULL, NULL };

	if (wp[1] && ctype(wp[1][0], C_DIGIT))
		args[2] = shf_smprintf("-%s", wp[1]);
	return (call_builtin(findcom("fc", FC_BI), args, "history", false));
}
