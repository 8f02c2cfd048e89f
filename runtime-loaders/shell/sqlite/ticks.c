/* A long query lets signals in, so that ^C ends it. */
#include <posix.h>
#include "sqlite3.h"

static const int instructions = 20000;

static int tick(void *nothing) {
  posix_tick();
  return 0;
}

static int watch(sqlite3 *database, const char **message, const void *routines) {
  sqlite3_progress_handler(database, instructions, tick, NULL);
  return SQLITE_OK;
}

int sqlite_extra_init(const char *unused) { return sqlite3_auto_extension((void (*)(void))watch); }
