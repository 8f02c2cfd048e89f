/* Calls of our kernel that <wasm-elements.h> does not declare yet. */
#ifndef POSIX_EXTENSION_H
#define POSIX_EXTENSION_H

#include <wasm-elements.h>

/* Replaces this process's program, as execve(2); returns only where it cannot. */
int we_execute(const struct we_spawn *request) WE_IMPORT("execute");
/* Permission bits of what is open. */
int we_descriptor_mode(int32_t fd, uint32_t *mode) WE_IMPORT("descriptor_mode");
int we_change_descriptor_mode(int32_t fd, uint32_t mode) WE_IMPORT("change_descriptor_mode");

#endif
