/* !!, !$, !name and ^old^new of an interactive line, as in bash */
#include "sh.h"

/* the words of a command, quotes kept, each an allocation */
static char **
split(const char *line, size_t *count)
{
	XPtrV words;
	const char *start;
	char *word, quote;

	XPinit(words, 16);
	while (/* CONSTCOND */ 1) {
		while (ctype(*line, C_SPACE))
			++line;
		if (!*line)
			break;
		start = line;
		if (strchr(";|&<>()", *line))
			while (*line && strchr(";|&<>()", *line))
				++line;
		else
			for (quote = 0; *line && (quote || (!ctype(*line, C_SPACE) && !strchr(";|&<>()", *line))); ++line)
				if (*line == '\\' && quote != '\'' && line[1])
					++line;
				else if (quote ? *line == quote : *line == '\'' || *line == '"')
					quote = quote ? 0 : *line;
		strndupx(word, start, line - start, ATEMP);
		XPput(words, word);
	}
	*count = XPsize(words);
	XPput(words, NULL);
	return ((char **)XPclose(words));
}

static void
put_words(char **words, size_t from, size_t to, struct shf *out)
{
	for (; from <= to; ++from) {
		shf_puts(words[from], out);
		if (from < to)
			shf_putc(' ', out);
	}
}

/* the command that an event names; NULL: there is none. *cpp: behind it */
static const char *
event(const char **cpp, long line)
{
	const char *cp = *cpp, *start;
	char **hp;
	long n;
	bool anywhere;
	size_t length;

	if (*cp == '!') {
		*cpp = cp + 1;
		return (histptr >= history ? *histptr : NULL);
	}
	if (strchr("$^*:", *cp))
		return (histptr >= history ? *histptr : NULL);
	if (ctype(*cp, C_DIGIT) || (*cp == '-' && ctype(cp[1], C_DIGIT))) {
		char *end;

		n = strtol(cp, &end, 10);
		*cpp = end;
		/* the last one has the number `line` */
		hp = n < 0 ? histptr + n + 1 : histptr - (line - n);
		return (hp >= history && hp <= histptr ? *hp : NULL);
	}
	if ((anywhere = (*cp == '?')))
		++cp;
	start = cp;
	while (*cp && (anywhere ? *cp != '?' && *cp != '\n' :
	    !ctype(*cp, C_SPACE | C_NL) && !strchr(";&|<>()\"':", *cp)))
		++cp;
	length = cp - start;
	*cpp = anywhere && *cp == '?' ? cp + 1 : cp;
	for (hp = histptr; hp >= history; --hp) {
		const char *at = *hp;

		do {
			if (!strncmp(at, start, length))
				return (*hp);
		} while (anywhere && *++at);
	}
	return (NULL);
}

/* one expansion, *cpp behind its `!`; false: there is no such event or word */
static bool
expand_one(const char **cpp, long line, struct shf *out)
{
	const char *found = event(cpp, line), *cp = *cpp;
	char **words;
	size_t count, from, to;

	if (found == NULL)
		return (false);
	if (*cp == ':' && (ctype(cp[1], C_DIGIT) || (cp[1] && strchr("$^*", cp[1]))))
		++cp;
	else if (!*cp || !strchr("$^*", *cp)) {
		shf_puts(found, out);
		return (true);
	}
	words = split(found, &count);
	from = to = 1;
	if (*cp == '$')
		from = to = count - 1;
	else if (*cp == '*')
		to = count - 1;
	else if (*cp != '^') {
		from = to = strtoul(cp, (char **)&cp, 10);
		if (*cp == '-' && ctype(cp[1], C_DIGIT))
			to = strtoul(cp + 1, (char **)&cp, 10);
		else if (*cp == '-' || *cp == '*') {
			to = *cp == '*' ? count - 1 : count - 2;
			++cp;
		}
		--cp;
	}
	*cpp = cp + 1;
	if (*cp == '*' && count < 2)
		return (true);
	if (count == 0 || from > to || to >= count)
		return (false);
	put_words(words, from, to, out);
	return (true);
}

/* ^old^new: the last command with that changed */
static char *
exchange(const char *line, struct shf *out)
{
	const char *middle = strchr(line + 1, '^'), *end, *at;

	if (middle == NULL || middle == line + 1 || histptr < history)
		return (NULL);
	end = middle + 1 + strcspn(middle + 1, "^\n");
	for (at = *histptr; *at; ++at)
		if (!strncmp(at, line + 1, middle - line - 1))
			break;
	if (!*at)
		return (NULL);
	shf_write(*histptr, at - *histptr, out);
	shf_write(middle + 1, end - middle - 1, out);
	shf_puts(at + (middle - line - 1), out);
	shf_puts(*end == '^' ? end + 1 : end, out);
	return (shf_sclose(out));
}

/* A line that was typed, with the commands it names. NULL: it names none that there is, which is said. `line`: the number of the last
 * command. */
char *
history_words(const char *line, long number)
{
	struct shf *out = shf_sopen(NULL, strlen(line) + 64, SHF_WR | SHF_DYNAMIC, NULL);
	const char *cp = line, *start;
	char quote = 0, *made;

	if (*line == '^') {
		if ((made = exchange(line, out)) == NULL)
			warningf(false, "%.*s: substitution failed", (int)strcspn(line, "\n"), line);
		return (made);
	}
	while (*cp) {
		if (*cp == '\\' && quote != '\'' && cp[1]) {
			shf_putc(*cp++, out);
		} else if (quote ? *cp == quote : *cp == '\'' || *cp == '"') {
			quote = quote ? 0 : *cp;
		} else if (*cp == '!' && quote != '\'' && cp[1] && !strchr(" \t\n=(\"'", cp[1]) &&
		    !(cp > line && strchr("$[{", cp[-1]))) {
			start = cp++;
			if (expand_one(&cp, number, out))
				continue;
			warningf(false, "%.*s: event not found", (int)strcspn(start, " \t\n"), start);
			return (NULL);
		}
		shf_putc(*cp++, out);
	}
	return (shf_sclose(out));
}
