/* printf as a builtin, with bash's -v, %q, %b and %(format)T */
#include "sh.h"
#include <errno.h>
#include <time.h>

struct output {
	XString xs;
	char *xp;
	const char **args;	/* the next argument */
	int rv;
	bool stop;		/* \c in %b */
};

static void
put(struct output *out, const char *s, size_t n)
{
	XcheckN(out->xs, out->xp, n + 1);
	memcpy(out->xp, s, n);
	out->xp += n;
}

static void
put_char(struct output *out, char c)
{
	put(out, &c, 1);
}

static const char *
next_argument(struct output *out)
{
	return (*out->args ? *out->args++ : "");
}

/* what follows a backslash; in %b octal numbers may begin with a 0 of their own */
static const char *
put_escape(struct output *out, const char *s, bool in_b)
{
	static const char names[] = "abefnrtvE\\\"'?";
	static const char values[] = "\a\b\033\f\n\r\t\v\033\\\"'?";
	const char *cp;
	unsigned long n = 0;
	int digits = 3;
	char text[8];

	if (!*s) {
		put_char(out, '\\');
		return (s);
	}
	if (in_b && *s == 'c') {
		out->stop = true;
		return (s + 1);
	}
	if (*s >= '0' && *s <= '7') {
		if (in_b && *s == '0')
			++s;
		while (digits-- && *s >= '0' && *s <= '7')
			n = n * 8 + (*s++ - '0');
		put_char(out, n);
		return (s);
	}
	if (*s == 'x' || *s == 'u' || *s == 'U') {
		const char kind = *s;

		digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
		for (cp = ++s; digits-- && ctype(*s, C_SEDEC); ++s)
			n = n * 16 + (ctype(*s, C_DIGIT) ? *s - '0' :
			    ksh_tolower(*s) - 'a' + 10);
		if (cp == s) {
			put_char(out, '\\');
			put_char(out, kind);
		} else if (kind == 'x')
			put_char(out, n);
		else
			put(out, text, utf_wctomb(text, n));
		return (s);
	}
	if ((cp = strchr(names, *s))) {
		put_char(out, values[cp - names]);
		return (s + 1);
	}
	put_char(out, '\\');
	put_char(out, *s);
	return (s + 1);
}

/* so that the shell reads it as that word again */
static void
put_quoted(struct output *out, const char *s)
{
	const char *cp;
	char text[8];

	if (!*s) {
		put(out, "''", 2);
		return;
	}
	for (cp = s; *cp && !ctype(*cp, C_CNTRL); ++cp)
		;
	if (*cp) {
		put(out, "$'", 2);
		for (; *s; ++s) {
			static const char from[] = "\a\b\033\f\n\r\t\v\\'";
			static const char to[] = "abEfnrtv\\'";

			if ((cp = strchr(from, *s))) {
				put_char(out, '\\');
				put_char(out, to[cp - from]);
			} else if (ctype(*s, C_CNTRL))
				put(out, text, snprintf(text, sizeof(text),
				    "\\%03o", ord(*s)));
			else
				put_char(out, *s);
		}
		put_char(out, '\'');
		return;
	}
	for (cp = s; *s; ++s) {
		if (ctype(*s, C_QUOTE | C_SPC) || strchr("!{}[]^,*?", *s) ||
		    (*s == '#' && s == cp) || (*s == '~' && s == cp))
			put_char(out, '\\');
		put_char(out, *s);
	}
}

static void
check_number(struct output *out, const char *s, const char *end)
{
	if (end == s || *end) {
		if (*s || end != s)
			bi_errorf("%s: invalid number", s);
		if (*s)
			out->rv = 1;
	} else if (errno == ERANGE) {
		bi_errorf("warning: %s: %s", s, cstrerror(errno));
		out->rv = 1;
	}
}

/* 'c is the number of the character */
static bool
character_number(const char *s, unsigned int *wc)
{
	if (*s != '\'' && *s != '"')
		return (false);
	if (utf_mbtowc(wc, s + 1) == (size_t)-1)
		*wc = ord(s[1]);
	return (true);
}

static void
put_time(struct output *out, const char *format, size_t len, const char *spec)
{
	const char *arg = next_argument(out);
	time_t at = *arg ? strtoll(arg, NULL, 10) : -1;
	char text[256], *copy, full[64];

	if (at < 0)
		at = time(NULL);
	strndupx(copy, format, len, ATEMP);
	if (!strftime(text, sizeof(text), *copy ? copy : "%X", localtime(&at)))
		text[0] = '\0';
	len = snprintf(NULL, 0, spec, text);
	copy = len < sizeof(full) ? full : alloc(len + 1, ATEMP);
	snprintf(copy, len + 1, spec, text);
	put(out, copy, len);
}

/* a conversion, from behind its %; returns what is behind it */
static const char *
put_conversion(struct output *out, const char *f)
{
	char spec[64] = "%", *sp = spec + 1, *text = NULL, *end;
	const char *arg, *close;
	int number, len;
	unsigned int wc;

	while (*f && strchr("-+ #0'", *f)) {
		if (*f != '\'' && sp < spec + 8)
			*sp++ = *f;
		++f;
	}
	for (number = 0; number < 2; ++number) {
		if (number) {
			if (*f != '.')
				break;
			*sp++ = *f++;
		}
		if (*f == '*') {
			sp += snprintf(sp, 12, "%d", atoi(next_argument(out)));
			++f;
		} else
			while (ctype(*f, C_DIGIT)) {
				if (sp < spec + 40)
					*sp++ = *f;
				++f;
			}
	}
	while (*f && strchr("hlLqjzt", *f) && !(*f == 'q' && !strchr("diouxX", f[1])))
		++f;
	errno = 0;
	switch (*f) {
	case '(':
		if (!(close = strstr(f, ")T")))
			break;
		strlcpy(sp, "s", 2);
		put_time(out, f + 1, close - f - 1, spec);
		return (close + 2);
	case 'b': {
		size_t at = Xsavepos(out->xs, out->xp);

		for (arg = next_argument(out); *arg && !out->stop; )
			if (*arg == '\\')
				arg = put_escape(out, arg + 1, true);
			else
				put_char(out, *arg++);
		if (sp == spec + 1)
			return (f + 1);
		*out->xp = '\0';
		strdupx(arg, Xrestpos(out->xs, out->xp, at), ATEMP);
		out->xp = Xrestpos(out->xs, out->xp, at);
		goto text;
	    }
	case 'q': {
		size_t at = Xsavepos(out->xs, out->xp);

		put_quoted(out, next_argument(out));
		if (sp == spec + 1)
			return (f + 1);
		*out->xp = '\0';
		strdupx(arg, Xrestpos(out->xs, out->xp, at), ATEMP);
		out->xp = Xrestpos(out->xs, out->xp, at);
		goto text;
	    }
	case 'c':
	case 's':
		arg = next_argument(out);
		if (*f == 'c') {
			char one[2] = { *arg, '\0' };

			strdupx(arg, one, ATEMP);
		}
 text:
		strlcpy(sp, "s", 2);
		len = snprintf(NULL, 0, spec, arg);
		text = alloc(len + 1, ATEMP);
		snprintf(text, len + 1, spec, arg);
		break;
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X': {
		unsigned long long value;

		arg = next_argument(out);
		if (character_number(arg, &wc))
			value = wc;
		else {
			while (ctype(*arg, C_SPACE))
				++arg;
			value = *f == 'd' || *f == 'i' || *arg == '-' ?
			    (unsigned long long)strtoll(arg, &end, 0) :
			    strtoull(arg, &end, 0);
			check_number(out, arg, end);
		}
		*sp++ = 'l';
		*sp++ = 'l';
		*sp++ = *f;
		*sp = '\0';
		len = snprintf(NULL, 0, spec, value);
		text = alloc(len + 1, ATEMP);
		snprintf(text, len + 1, spec, value);
		break;
	    }
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G': {
		double value;

		arg = next_argument(out);
		if (character_number(arg, &wc))
			value = wc;
		else {
			value = strtod(arg, &end);
			check_number(out, arg, end);
		}
		*sp++ = *f;
		*sp = '\0';
		len = snprintf(NULL, 0, spec, value);
		text = alloc(len + 1, ATEMP);
		snprintf(text, len + 1, spec, value);
		break;
	    }
	}
	if (!text) {
		bi_errorf("`%c': invalid format character", *f ? *f : '%');
		out->rv = 1;
		out->stop = true;
		return (f);
	}
	put(out, text, len);
	afree(text, ATEMP);
	return (f + 1);
}

int
c_printf(const char **wp)
{
	struct output out;
	const char *name = NULL, *format, *f, **before;

	++wp;
	while (*wp && **wp == '-' && (*wp)[1]) {
		if (!strcmp(*wp, "--")) {
			++wp;
			break;
		}
		if ((*wp)[1] != 'v' || !((*wp)[2] || wp[1])) {
			bi_errorf("%s: invalid option", *wp);
			return (2);
		}
		name = (*wp)[2] ? *wp + 2 : *++wp;
		++wp;
	}
	if (!(format = *wp++)) {
		bi_errorf("usage: printf [-v var] format [arguments]");
		return (2);
	}
	memset(&out, 0, sizeof(out));
	Xinit(out.xs, out.xp, 128, ATEMP);
	out.args = wp;
	do {
		before = out.args;
		for (f = format; *f && !out.stop; )
			if (*f == '\\')
				f = put_escape(&out, f + 1, false);
			else if (*f != '%')
				put_char(&out, *f++);
			else if (*++f == '%')
				put_char(&out, *f++);
			else
				f = put_conversion(&out, f);
	} while (*out.args && out.args != before && !out.stop);
	if (name) {
		*out.xp++ = '\0';
		setstr(global(name), Xclose(out.xs, out.xp), KSH_UNWIND_ERROR);
	} else {
		shf_write(Xstring(out.xs, out.xp), Xlength(out.xs, out.xp),
		    printing ? printing : shl_stdout);
		Xfree(out.xs, out.xp);
	}
	return (out.rv);
}
