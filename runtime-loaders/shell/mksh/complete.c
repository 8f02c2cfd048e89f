/* Tab behind $ and behind -: variables, and the options of the command */
#include "sh.h"

/* sorted, each once; the number of words */
static int
finish(XPtrV *words, char ***wordsp)
{
	char **list = (char **)XPptrv(*words);
	size_t i, kept = 0, count = XPsize(*words);

	*wordsp = NULL;
	if (count == 0)
		return (0);
	qsort(list, count, sizeof(void *), ascpstrcmp);
	for (i = 0; i < count; ++i)
		if (i == 0 || strcmp(list[kept - 1], list[i]))
			list[kept++] = list[i];
	list[kept] = NULL;
	*wordsp = list;
	return (kept);
}

static bool
is_directory(const char *name)
{
	struct stat about;

	return (stat(name, &about) == 0 && S_ISDIR(about.st_mode));
}

/* `$HO` and `${HO`: 0 where the word is anything else, or there is none of that name */
int
complete_variable(const char *word, char ***wordsp)
{
	const char *name = word + 1 + (word[1] == '{'), *cp = name;
	size_t length;
	XPtrV words;
	struct block *l;
	struct tstate ts;
	struct tbl *tp;
	int count;

	if (*word != '$')
		return (0);
	while (ctype(*cp, C_ALNUX))
		++cp;
	if (*cp || ctype(*name, C_DIGIT))
		return (0);
	length = cp - name;
	XPinit(words, 32);
	for (l = e->loc; l; l = l->next) {
		ktwalk(&ts, &l->vars);
		while ((tp = ktnext(&ts)))
			if ((tp->flag & ISSET) && !strncmp(tp->name, name, length) && ctype(tp->name[0], C_ALPHX))
				XPput(words, shf_smprintf(word[1] == '{' ? "${%s}" : "$%s", tp->name));
	}
	XPput(words, NULL);
	--words.len;
	count = finish(&words, wordsp);
	/* on to what is in it */
	if (count == 1) {
		char *only = (*wordsp)[0], *bare;

		strdupx(bare, only + 1 + (word[1] == '{'), ATEMP);
		bare[strcspn(bare, "}")] = '\0';
		if (is_directory(str_val(global(bare))))
			(*wordsp)[0] = shf_smprintf("%s/", only);
	}
	return (count);
}

/* The command that the word at `start` is an argument of; NULL: it is none that could be asked. */
static char *
command_of(const char *line, int start)
{
	int from = start, end;
	char *name;

	while (from > 0 && !strchr(";|&(`\n", line[from - 1]))
		--from;
	while (/* CONSTCOND */ 1) {
		while (from < start && ctype(line[from], C_SPACE))
			++from;
		for (end = from; end < start && !ctype(line[end], C_SPACE); ++end)
			if (!ctype(line[end], C_ALNUX) && !strchr("-+.=", line[end]))
				return (NULL);
		strndupx(name, line + from, end - from, ATEMP);
		/* NAME=value before it */
		if (!strchr(name, '='))
			return (*name && *name != '-' ? name : NULL);
		from = end;
	}
}

/* options, as man has them: 0 where it has none */
int
complete_option(const char *line, int start, const char *word, char ***wordsp)
{
	char *name, * volatile text = NULL, *cp, *end;
	Area *saved_atemp = ATEMP;
	XPtrV words;

	if (*word != '-' || (name = command_of(line, start)) == NULL)
		return (0);
	newenv(E_ERRH);
	if (!kshsetjmp(e->jbuf)) {
		cp = substitute(shf_smprintf("$(\\man --options %s 2>/dev/null </dev/null)", name), 0);
		strdupx(text, cp, saved_atemp);
	}
	quitenv(NULL);
	if (text == NULL)
		return (0);
	XPinit(words, 32);
	for (cp = text; *cp; cp = end + (*end == '\n')) {
		end = cp + strcspn(cp, "\n");
		if (!strncmp(cp, word, strlen(word))) {
			strndupx(name, cp, end - cp, ATEMP);
			XPput(words, name);
		}
	}
	XPput(words, NULL);
	--words.len;
	return (finish(&words, wordsp));
}
