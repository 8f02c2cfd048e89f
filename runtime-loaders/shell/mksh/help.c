/* help: what is built in, each in a line */
#include "sh.h"

static const struct {
	const char *name, *usage;
} lines[] = {
	{ ".", ". FILE [ARGUMENT…]: run a file's commands in this shell" },
	{ ":", ":: do nothing" },
	{ "[", "[ EXPRESSION ]: see test" },
	{ "__git_ps1", "__git_ps1 [-v NAME] [FORMAT]: the branch of the repository here, for prompts" },
	{ "alias", "alias [NAME[=VALUE]…]: short names of commands" },
	{ "bg", "bg [JOB…]: go on with a stopped job, in the background" },
	{ "bind", "bind [KEY=FUNCTION]: what keys do on the command line" },
	{ "break", "break [N]: leave a loop" },
	{ "builtin", "builtin COMMAND…: run what is built in, whatever else has its name" },
	{ "caller", "caller: who called a function; always fails here" },
	{ "cd", "cd [DIRECTORY | -]: change the working directory; - is the one before" },
	{ "chdir", "chdir [DIRECTORY]: see cd" },
	{ "command", "command [-v] NAME…: run a command and no function; -v: where it is" },
	{ "continue", "continue [N]: go on with a loop's next turn" },
	{ "declare", "declare [-aAilrxup] [NAME[=VALUE]…]: set variables and what they are" },
	{ "dirs", "dirs [-clpv]: the directories of pushd" },
	{ "disown", "disown [JOB…]: accepted, and nothing" },
	{ "echo", "echo [-neE] WORD…: print words" },
	{ "eval", "eval WORD…: run words as a command" },
	{ "exec", "exec [COMMAND…]: go on as another program; with redirections alone: for this shell" },
	{ "exit", "exit [STATUS]: end the shell" },
	{ "export", "export [NAME[=VALUE]…]: variables that programs are given" },
	{ "false", "false: fail" },
	{ "fc", "fc [-l] [-e EDITOR] [FIRST [LAST]]: list or change earlier commands" },
	{ "fg", "fg [JOB]: go on with a job, in the foreground" },
	{ "getopts", "getopts LETTERS NAME: the next option of a script" },
	{ "global", "global NAME[=VALUE]…: as typeset, of the whole shell" },
	{ "hash", "hash: accepted, and nothing" },
	{ "help", "help [NAME…]: this list, or what one of them does" },
	{ "history", "history [N]: earlier commands; !! is the last one, !N one of them" },
	{ "jobs", "jobs [-lp]: what runs in the background, and what is stopped" },
	{ "kill", "kill [-SIGNAL] PID | %JOB…: send a signal; -l lists them" },
	{ "let", "let EXPRESSION…: arithmetic" },
	{ "local", "local NAME[=VALUE]…: variables of a function" },
	{ "mapfile", "mapfile [-t] [-n COUNT] [-d DELIMITER] [ARRAY]: lines of input into an array" },
	{ "popd", "popd: back to the directory of the last pushd" },
	{ "print", "print [-nru] WORD…: print words, as ksh has it" },
	{ "printf", "printf [-v NAME] FORMAT WORD…: print by a format" },
	{ "pushd", "pushd [DIRECTORY]: change the directory and remember this one" },
	{ "pwd", "pwd [-P]: the working directory" },
	{ "read", "read [-r] [-p PROMPT] [-t SECONDS] [-n COUNT] [-a ARRAY] NAME…: a line of input into variables" },
	{ "readarray", "readarray [-t] [ARRAY]: see mapfile" },
	{ "readonly", "readonly NAME[=VALUE]…: variables that stay as they are" },
	{ "realpath", "realpath NAME: a path without links" },
	{ "rename", "rename FROM TO: rename a file" },
	{ "return", "return [STATUS]: end a function" },
	{ "set", "set [-euxvnf] [-o OPTION] [WORD…]: options of the shell; its arguments" },
	{ "shift", "shift [N]: leave out the first arguments" },
	{ "shopt", "shopt [-su] [OPTION…]: more options of the shell" },
	{ "sleep", "sleep SECONDS: wait" },
	{ "source", "source FILE [ARGUMENT…]: run a file's commands in this shell" },
	{ "suspend", "suspend: stop the shell" },
	{ "test", "test EXPRESSION: -f FILE, -d DIRECTORY, -n TEXT, A = B, N -lt M …" },
	{ "times", "times: time that the shell has used" },
	{ "trap", "trap COMMAND SIGNAL…: what to do at a signal, at EXIT, at ERR" },
	{ "true", "true: succeed" },
	{ "type", "type [-atp] NAME…: what a command is" },
	{ "typeset", "typeset: see declare" },
	{ "ulimit", "ulimit [-a]: limits of processes" },
	{ "umask", "umask [MODE]: permissions that new files do not get" },
	{ "unalias", "unalias [-a] NAME…: forget short names" },
	{ "unset", "unset [-vf] NAME…: forget variables or functions" },
	{ "wait", "wait [-n] [PID | %JOB…]: until a job has ended" },
	{ "whence", "whence [-v] NAME…: where a command is" },
};

/* as main_init() does: the marks before a builtin's name */
static const char *
plain(const char *name)
{
	while (*name && strchr("=*!~-^#", *name))
		++name;
	return (name);
}

int
c_help(const char **wp)
{
	size_t i;
	int rv = 0;

	if (!wp[1]) {
		shf_puts("Built into the shell (man COMMAND tells of all others):\n\n", shl_stdout);
		for (i = 0; i < NELEM(lines); ++i)
			shprintf("  %s\n", lines[i].usage);
		return (0);
	}
	while (*++wp) {
		for (i = 0; i < NELEM(lines) && strcmp(lines[i].name, *wp); ++i)
			;
		if (i < NELEM(lines)) {
			shprintf("%s: %s\n", *wp, lines[i].usage);
			continue;
		}
		for (i = 0; mkshbuiltins[i].name && strcmp(plain(mkshbuiltins[i].name), *wp); ++i)
			;
		if (mkshbuiltins[i].name)
			shprintf("%s: %s is built into the shell\n", *wp, *wp);
		else {
			bi_errorf("no help topics match `%s'. Try `man %s'.", *wp, *wp);
			rv = 1;
		}
	}
	return (rv);
}
