#ifndef SIGNALS_H
#define SIGNALS_H

/* In a copy of the program, before anything else. */
void signals_after_clone(void);

#endif
