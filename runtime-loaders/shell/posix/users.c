/* Users and groups: one of each, root, who owns nothing, and two that archives name. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "result.h"
#include "users.h"

static const struct passwd users[] = {
    {"root", "x", 0, 0, "root", "/root", "/bin/sh"},
    {USER_NAME, "x", USER_ID, USER_ID, USER_NAME, USER_HOME, "/bin/sh"},
    {"nobody", "x", 65534, 65534, "nobody", "/nonexistent", "/bin/false"},
};
static char *nobody[] = {NULL};
static const struct group groups[] = {
    {"root", "x", 0, nobody},
    {USER_NAME, "x", USER_ID, nobody},
    {"sys", "x", 3, nobody},
};
#define COUNT 3

/* What callers get may be written to. */
static struct passwd user;
static struct group group;
static unsigned next_user, next_group;

static struct passwd *tell_user(unsigned index) {
  if (index >= COUNT) return NULL;
  user = users[index];
  char *home = getenv("HOME");
  if (user.pw_uid == USER_ID && home != NULL && home[0] == '/') user.pw_dir = home;
  return &user;
}

static struct group *tell_group(unsigned index) {
  if (index >= COUNT) return NULL;
  group = groups[index];
  return &group;
}

struct passwd *getpwuid(uid_t id) {
  unsigned index = 0;
  while (index < COUNT && users[index].pw_uid != id) index++;
  return tell_user(index);
}
struct group *getgrgid(gid_t id) {
  unsigned index = 0;
  while (index < COUNT && groups[index].gr_gid != id) index++;
  return tell_group(index);
}

struct passwd *getpwnam(const char *name) {
  unsigned index = 0;
  while (index < COUNT && strcmp(users[index].pw_name, name) != 0) index++;
  return tell_user(index);
}
struct group *getgrnam(const char *name) {
  unsigned index = 0;
  while (index < COUNT && strcmp(groups[index].gr_name, name) != 0) index++;
  return tell_group(index);
}

static int tell_into(struct passwd *found, struct passwd *into, struct passwd **out) {
  if (found != NULL) *into = *found;
  *out = found == NULL ? NULL : into;
  return 0;
}
int getpwuid_r(uid_t id, struct passwd *into, char *buffer, size_t size, struct passwd **out) {
  return tell_into(getpwuid(id), into, out);
}
int getpwnam_r(const char *name, struct passwd *into, char *buffer, size_t size, struct passwd **out) {
  return tell_into(getpwnam(name), into, out);
}
static int tell_group_into(struct group *found, struct group *into, struct group **out) {
  if (found != NULL) *into = *found;
  *out = found == NULL ? NULL : into;
  return 0;
}
int getgrgid_r(gid_t id, struct group *into, char *buffer, size_t size, struct group **out) {
  return tell_group_into(getgrgid(id), into, out);
}
int getgrnam_r(const char *name, struct group *into, char *buffer, size_t size, struct group **out) {
  return tell_group_into(getgrnam(name), into, out);
}

void setpwent(void) { next_user = 0; }
void endpwent(void) { next_user = 0; }
struct passwd *getpwent(void) { return next_user < COUNT ? tell_user(next_user++) : NULL; }
void setgrent(void) { next_group = 0; }
void endgrent(void) { next_group = 0; }
struct group *getgrent(void) { return next_group < COUNT ? tell_group(next_group++) : NULL; }

int getgrouplist(const char *name, gid_t first, gid_t *list, int *count) {
  int room = *count;
  *count = 1;
  if (room < 1) return -1;
  list[0] = first;
  return 1;
}

uid_t getuid(void) { return USER_ID; }
uid_t geteuid(void) { return USER_ID; }
gid_t getgid(void) { return USER_ID; }
gid_t getegid(void) { return USER_ID; }

int getgroups(int room, gid_t list[]) {
  if (room == 0) return 1;
  list[0] = USER_ID;
  return 1;
}

/* Nobody can become somebody else. */
static int become(unsigned id) { return id == USER_ID || id == (unsigned)-1 ? 0 : result(EPERM); }
int setuid(uid_t id) { return become(id); }
int seteuid(uid_t id) { return become(id); }
int setgid(gid_t id) { return become(id); }
int setegid(gid_t id) { return become(id); }
int setreuid(uid_t real, uid_t effective) { return become(real) | become(effective); }
int setregid(gid_t real, gid_t effective) { return become(real) | become(effective); }
int setresuid(uid_t real, uid_t effective, uid_t saved) {
  return become(real) | become(effective) | become(saved);
}
int setresgid(gid_t real, gid_t effective, gid_t saved) {
  return become(real) | become(effective) | become(saved);
}
int getresuid(uid_t *real, uid_t *effective, uid_t *saved) {
  *real = *effective = *saved = USER_ID;
  return 0;
}
int getresgid(gid_t *real, gid_t *effective, gid_t *saved) {
  *real = *effective = *saved = USER_ID;
  return 0;
}
int setgroups(size_t count, const gid_t *list) { return result(EPERM); }
int initgroups(const char *name, gid_t id) { return result(EPERM); }
int chroot(const char *path) { return result(EPERM); }

char *getlogin(void) { return USER_NAME; }
int getlogin_r(char *buffer, size_t size) {
  if (size < sizeof USER_NAME) return ERANGE;
  memcpy(buffer, USER_NAME, sizeof USER_NAME);
  return 0;
}
