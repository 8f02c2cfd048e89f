/* Which path a descriptor of a directory was opened by: `openat` and its like go by paths, so that links may lead
 * anywhere in the tree and permission bits can be asked for. */
#ifndef DIRECTORIES_H
#define DIRECTORIES_H

/* NULL: nothing is known of this one. */
const char *directory_path(int fd);
void directory_opened(int fd, const char *path);
void directory_duplicated(int fd, int copy);
void directory_closed(int fd);

#endif
