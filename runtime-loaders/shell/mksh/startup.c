/* files that an interactive shell reads before its first prompt */
#include "sh.h"

static bool
read_first(const char *const *names)
{
	for (; *names; ++names)
		if (include(substitute(*names, DOTILDE), 0, NULL, true) >= 0)
			return (true);
	return (false);
}

/* The shell that a terminal starts reads what a login shell does, unless it is one (`is_login`); every interactive one $ENV, or in its
 * place the file of its name or bash's. */
void
startup_files(bool is_login)
{
	static const char *const profiles[] = { "$HOME/.bash_profile", "$HOME/.profile", NULL };
	static const char *const settings[] = { "$HOME/.mkshrc", "$HOME/.bashrc", NULL };
	const char *environment;

	if (!is_login && getsid(0) == getpid()) {
		include(MKSH_SYSTEM_PROFILE, 0, NULL, true);
		read_first(profiles);
	}
	environment = substitute("${ENV:-}", DOTILDE);
	if (*environment)
		include(environment, 0, NULL, true);
	else
		read_first(settings);
}
