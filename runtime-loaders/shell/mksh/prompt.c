/* the prompt: bash's \w, \u … in PS1, __git_ps1, and what PS1 is where nobody said */
#include "sh.h"
#include <time.h>

#define DELIMITER '\001' /* around what is not printed, as pprompt() wants it */

/* a value as it stands, also after the substitutions of the prompt */
static void
put_value(const char *text, struct shf *out)
{
	for (; *text; ++text) {
		if (strchr("\\$`", *text))
			shf_putc('\\', out);
		/* a name must not move the cursor */
		shf_putc(ctype(*text, C_CNTRL) ? '?' : *text, out);
	}
}

static void
put_time(const char *format, struct shf *out)
{
	char text[64];
	time_t now = time(NULL);

	if (strftime(text, sizeof(text), format, localtime(&now)))
		put_value(text, out);
}

static void
put_directory(bool only_last, struct shf *out)
{
	const char *dir = str_val(global("PWD")), *home = str_val(global("HOME"));
	size_t n = strlen(home);
	const char *last;

	if (n > 1 && !strncmp(dir, home, n) && (dir[n] == '/' || !dir[n])) {
		if (!only_last || !dir[n])
			shf_putc('~', out);
		dir += n;
	}
	if (only_last && (last = strrchr(dir, '/')) != NULL && last[1])
		dir = last + 1;
	put_value(dir, out);
}

/* PS1 before its substitutions: numbers for !, values for escapes */
char *
prompt_decode(const char *cp, unsigned long line)
{
	struct shf *out = shf_sopen(NULL, strlen(cp) * 2 + 16, SHF_WR | SHF_DYNAMIC, NULL);
	const char *name;
	int n, digits;

	if (strstr(cp, "\\[")) {
		shf_putc(DELIMITER, out);
		shf_putc('\r', out);
	}
	while (*cp) {
		if (*cp == '!') {
			if (*++cp == '!')
				shf_putc(*cp++, out);
			else
				shf_fprintf(out, "%lu", line);
			continue;
		}
		if (*cp != '\\' || !cp[1]) {
			shf_putc(*cp++, out);
			continue;
		}
		switch (*++cp) {
		case 'w':
		case 'W':
			put_directory(*cp == 'W', out);
			break;
		case 'u':
			name = str_val(global("USER"));
			put_value(*name ? name : ksheuid ? "user" : "root", out);
			break;
		case 'h':
		case 'H':
			name = str_val(global("HOSTNAME"));
			put_value(*name ? name : "sandbox", out);
			break;
		case 's':
			name = strrchr(kshname, '/');
			put_value(name ? name + 1 : kshname, out);
			break;
		case 'v':
		case 'V':
			shf_puts("5.2", out);
			break;
		case '$':
			shf_puts(ksheuid ? "\\$" : "#", out);
			break;
		case '!':
		case '#':
			shf_fprintf(out, "%lu", line);
			break;
		case 'd':
			put_time("%a %b %d", out);
			break;
		case 't':
			put_time("%H:%M:%S", out);
			break;
		case 'T':
			put_time("%I:%M:%S", out);
			break;
		case '@':
			put_time("%I:%M %p", out);
			break;
		case 'A':
			put_time("%H:%M", out);
			break;
		case 'n':
			shf_putc('\n', out);
			break;
		case 'r':
			shf_putc('\r', out);
			break;
		case 'a':
			shf_putc('\007', out);
			break;
		case 'e':
			shf_putc('\033', out);
			break;
		case '[':
		case ']':
			shf_putc(DELIMITER, out);
			break;
		case '0': case '1': case '2': case '3':
			for (n = digits = 0; digits < 3 && *cp >= '0' && *cp <= '7'; ++digits)
				n = n * 8 + *cp++ - '0';
			shf_putc(n, out);
			continue;
		default:
			shf_putc('\\', out);
			shf_putc(*cp, out);
		}
		++cp;
	}
	return (shf_sclose(out));
}

/* the branch of the repository that the current directory is in, of a detached head the commit; NULL: none */
static char *
git_branch(void)
{
	static char line[256];
	char *dir, *file, *end;
	struct shf *in = NULL;

	strdupx(dir, str_val(global("PWD")), ATEMP);
	for (end = strnul(dir); in == NULL; *end = '\0') {
		file = shf_smprintf("%s/.git/HEAD", dir);
		in = shf_open(file, O_RDONLY, 0, SHF_MAPHI | SHF_CLEXEC);
		afree(file, ATEMP);
		if ((end = strrchr(dir, '/')) == NULL)
			break;
	}
	afree(dir, ATEMP);
	if (in == NULL)
		return (NULL);
	end = shf_getse(line, sizeof(line), in);
	shf_close(in);
	if (end == NULL)
		return (NULL);
	line[strcspn(line, "\r\n")] = '\0';
	if (!strncmp(line, "ref: refs/heads/", 16))
		return (line + 16);
	if (strncmp(line, "ref: ", 5) && strlen(line) > 7)
		line[7] = '\0';
	return (line);
}

/* __git_ps1 [-v name] [format]: as git's own function of this name, of the branch alone */
int
c_git_ps1(const char **wp)
{
	const char *name = NULL, *format = " (%s)", *at;
	char *branch = git_branch(), *text = null;
	struct shf *out;

	if (wp[1] && !strcmp(wp[1], "-v") && wp[2]) {
		name = wp[2];
		wp += 2;
	}
	if (wp[1])
		format = wp[1];
	if (branch) {
		out = shf_sopen(NULL, 64, SHF_WR | SHF_DYNAMIC, NULL);
		for (at = format; *at; ++at)
			if (at[0] == '%' && at[1] == 's') {
				for (; *branch; ++branch)
					shf_putc(ctype(*branch, C_CNTRL) ? '?' : *branch, out);
				++at;
			} else
				shf_putc(*at, out);
		text = shf_sclose(out);
	}
	if (name)
		setstr(global(name), text, KSH_RETURN_ERROR);
	else
		shf_puts(text, shl_stdout);
	return (0);
}

/* PS1 of an interactive shell whose environment has none */
void
prompt_default(void)
{
	const char *term = str_val(global("TERM"));
	bool plain = !*term || !strcmp(term, "dumb") || *str_val(global("NO_COLOR"));

	setstr(global("PS1"), plain ? "\\w${|__git_ps1 -v REPLY;}\\$ " :
	    "\\[\\e[1m\\]\\w\\[\\e[0;2m\\]${|__git_ps1 -v REPLY;}\\[\\e[0m\\]\\$ ",
	    KSH_RETURN_ERROR);
}
