/* open.c - the page shows an address, hands out a file or takes some: each at the reader's own click.

USE_OPEN(NEWTOY(open, "<1>1", TOYFLAG_USR|TOYFLAG_BIN))
USE_DOWNLOAD(NEWTOY(download, "<1>1", TOYFLAG_USR|TOYFLAG_BIN))
USE_UPLOAD(NEWTOY(upload, ">1", TOYFLAG_USR|TOYFLAG_BIN))

config OPEN
  bool "open"
  default y
  help
    usage: open ADDRESS

    Show a link to an address of the web (https: or http:) or of mail (mailto:), and wait until the reader has
    followed it.

config DOWNLOAD
  bool "download"
  default y
  help
    usage: download FILE

    Offer a file to the reader, who saves it by a click, and wait for that.

config UPLOAD
  bool "upload"
  default y
  help
    usage: upload [DIRECTORY]

    Ask the reader for files, and put them into DIRECTORY (the working directory). Prints their names.
*/

#include "toys.h"
#include <wasm-elements.h>

// Returns the answer's length.
static size_t ask(int what, char *about, char *declined)
{
  size_t length = 0;

  if (isatty(2)) fprintf(stderr, "%s: press the button below, or ^C\n", toys.which->name);
  errno = we_ask(what, about, strlen(about), libbuf, sizeof(libbuf)-1, &length);
  if (errno == ENOTSUP) error_exit("there is no reader to ask here");
  if (errno == EBUSY) error_exit("another program is asking the reader; wait for that");
  if (errno == ECANCELED) error_exit("%s", declined);
  if (errno == EINTR) toys.exitval = 130, xexit();
  if (errno) perror_exit("%s", about);

  return length < sizeof(libbuf)-1 ? length : sizeof(libbuf)-1;
}

void open_main(void)
{
  char *address = *toys.optargs;
  int has_scheme = strstart(&address, "https://") || strstart(&address, "http://") || strstart(&address, "mailto:");

  address = *toys.optargs;
  if (!has_scheme) {
    if (!access(address, F_OK)) error_exit("%s is a file: download offers it to the reader", address);
    if (strstr(address, ":") || !strchr(address, '.')) error_exit("%s is no address of the web", address);
    address = xmprintf("https://%s", address);
  }
  ask(WE_ASK_OPEN, address, "the reader did not open it");
}

void download_main(void)
{
  struct stat about;

  xstat(*toys.optargs, &about);
  if (S_ISDIR(about.st_mode)) error_exit("%s is a directory: tar cz %s > it.tar.gz makes one file of it", *toys.optargs, *toys.optargs);
  if (!S_ISREG(about.st_mode)) error_exit("%s is no file", *toys.optargs);
  ask(WE_ASK_DOWNLOAD, *toys.optargs, "the reader did not save it");
}

void upload_main(void)
{
  char *directory = *toys.optargs ? : ".";
  struct stat about;
  size_t length;

  xstat(directory, &about);
  if (!S_ISDIR(about.st_mode)) error_exit("%s is no directory", directory);
  length = ask(WE_ASK_UPLOAD, directory, "the reader chose no files");
  xwrite(1, libbuf, length);
}
