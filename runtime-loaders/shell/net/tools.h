/* The commands of this program, by the name it is started as, and what they share. */
#ifndef TOOLS_H
#define TOOLS_H

int curl_main(char **argv);
int wget_main(char **argv);
/* The last part of the path of a URL; NULL: it has none. To be freed. */
char *name_of_url(const char *url);

#endif
