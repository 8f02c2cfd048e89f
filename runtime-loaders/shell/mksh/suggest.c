/* what an interactive shell says of a command that is not there: one line */
#include "sh.h"
#include <dirent.h>

/* Names that people try, and what there is instead. Looked at only where there is no such command. */
static const struct {
	const char *names;
	const char *instead;
} others[] = {
	{ "apt apt-get aptitude dpkg yum dnf rpm apk pacman brew snap flatpak",
	    "there are no packages to install: the commands are all here, and pip installs Python packages" },
	{ "sudo su doas", "everything in this sandbox is yours, so run the command without it" },
	{ "git hg svn gh", "there is no version control in this sandbox; diff and patch compare and change files" },
	{ "docker podman kubectl docker-compose",
	    "there are no containers: this sandbox is one, inside your browser" },
	{ "ssh scp sftp rsync telnet ftp nc ncat netcat socat",
	    "there are no connections to other machines; curl makes web requests where the page allows them" },
	{ "ping traceroute dig nslookup host ifconfig ip netstat ss arp",
	    "the network of this sandbox is its own servers, and web requests by curl where the page allows them" },
	{ "npm npx yarn pnpm node nodejs bun deno", "there is no Node.js; javascript file.js runs JavaScript" },
	{ "pip pip3 conda mamba uv poetry pipenv", "python -m pip installs Python packages" },
	{ "python2 ipython ptpython", "python is here" },
	{ "ts-node tsc tsx", "typescript file.ts runs TypeScript" },
	{ "gcc g++ clang clang++ tcc", "cc compiles C, c++ compiles C++" },
	{ "gdb lldb strace ltrace valgrind perf", "there is no debugger of programs" },
	{ "perl ruby php lua go rust rustc cargo java javac dotnet swift julia R Rscript ghc elixir erl scala kotlin zig",
	    "that language is not here; python, javascript, typescript, sh, awk, cc and c++ are" },
	{ "nvim emacs micro ed joe code subl", "edit is a small editor, also called nano and vi" },
	{ "systemctl service journalctl systemd init shutdown reboot poweroff halt crontab at",
	    "there are no services here; command & runs a command in the background, jobs lists those" },
	{ "mount umount fdisk mkfs lsblk fsck", "there are no disks here; the page mounts files" },
	{ "useradd adduser usermod passwd chsh groupadd", "there is one user, and that is you" },
	{ "screen tmux", "there is one window; command & runs a command in the background" },
	{ "xdg-open start explorer xclip xsel pbcopy pbpaste", "programs cannot reach your desktop; open shows an address" },
	{ "tree", "find . lists all files below a directory" },
	{ "locate updatedb", "find / -name pattern looks for files" },
	{ "zsh fish ksh dash csh tcsh pwsh powershell", "the shell is sh, which knows most of bash" },
	{ "bat batcat", "less shows a file" },
	{ "ag rg ack", "grep -r searches files" },
	{ "htop", "top shows processes" },
	{ "dir", "ls lists files" },
	{ "cls", "clear clears the screen" },
	{ "copy", "cp copies files" },
	{ "move ren", "mv moves files" },
	{ "del erase", "rm removes files" },
	{ "ipconfig tasklist taskkill", "ps lists processes, kill ends one" },
	{ "quit logout bye", "exit ends the shell" },
};

static const char *
instead_of(const char *name)
{
	size_t i, length = strlen(name);

	for (i = 0; i < NELEM(others); ++i) {
		const char *at = others[i].names;

		while (*at) {
			size_t n = strcspn(at, " ");

			if (n == length && !strncmp(at, name, n))
				return (others[i].instead);
			at += n;
			at += *at == ' ';
		}
	}
	return (NULL);
}

/* letters that are to be changed, added, left out or exchanged with their neighbour; `most` + 1 where it is more */
static int
distance(const char *a, const char *b, int most)
{
	int rows[3][40], i, j, best;
	int n = strlen(a), m = strlen(b);

	if (n >= 39 || m >= 39 || n - m > most || m - n > most)
		return (most + 1);
	for (j = 0; j <= m; ++j)
		rows[0][j] = j;
	for (i = 1; i <= n; ++i) {
		int *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		row[0] = best = i;
		for (j = 1; j <= m; ++j) {
			int least = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < least)
				least = above[j] + 1;
			if (row[j - 1] + 1 < least)
				least = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < least)
				least = before[j - 2] + 1;
			row[j] = least;
			if (least < best)
				best = least;
		}
		if (best > most)
			return (most + 1);
	}
	return (rows[n % 3][m]);
}

struct nearest {
	const char *wanted;
	char name[40];
	int distance;
};

static void
consider(struct nearest *nearest, const char *name)
{
	int d = distance(nearest->wanted, name, nearest->distance - 1);

	/* two slips and another beginning are another word */
	if (d < nearest->distance && d < (int)strlen(name) &&
	    (d < 2 || *name == *nearest->wanted)) {
		nearest->distance = d;
		strlcpy(nearest->name, name, sizeof(nearest->name));
	}
}

static void
consider_table(struct nearest *nearest, struct table *table)
{
	struct tstate ts;
	struct tbl *tp;

	ktwalk(&ts, table);
	while ((tp = ktnext(&ts)))
		if ((tp->flag & ISSET) || tp->type == CSHELL)
			consider(nearest, tp->name);
}

static void
consider_path(struct nearest *nearest)
{
	const char *at = path;
	char *folder;
	DIR *dir;
	struct dirent *entry;

	while (*at) {
		size_t n = strcspn(at, ":");

		strndupx(folder, at, n, ATEMP);
		if (n > 0 && (dir = opendir(folder)) != NULL) {
			while ((entry = readdir(dir)) != NULL)
				consider(nearest, entry->d_name);
			closedir(dir);
		}
		afree(folder, ATEMP);
		at += n;
		at += *at == ':';
	}
}

/* Says that a command is missing. Returns the status of that. */
int
command_missing(const char *name)
{
	struct nearest nearest;
	struct block *l;
	const char *text;
	char *file;
	size_t length = strlen(name);
	int far;

	if (mksh_vdirsep(name)) {
		warningf(true, "%s: no such file or directory", name);
		return (127);
	}
	file = shf_smprintf("/usr/bin/%s", name);
	if (ksh_access(file, X_OK) == 0) {
		warningf(true, "%s: not found in PATH; it is %s", name, file);
		return (127);
	}
	if ((text = instead_of(name)) != NULL) {
		warningf(true, "%s: not found; %s", name, text);
		return (127);
	}
	nearest.wanted = name;
	nearest.distance = far = length < 3 ? 1 : length < 6 ? 2 : 3;
	consider_path(&nearest);
	consider_table(&nearest, &builtins);
	consider_table(&nearest, &aliases);
	for (l = e->loc; l; l = l->next)
		consider_table(&nearest, &l->funs);
	if (nearest.distance < far)
		warningf(true, "%s: not found. Did you mean %s?", name, nearest.name);
	else if (ksh_access(name, F_OK) == 0)
		warningf(true, "%s: not found; the file here is run by ./%s", name, name);
	else
		warningf(true, "%s: not found", name);
	return (127);
}
