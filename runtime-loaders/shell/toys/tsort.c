/* tsort.c - an order in which what comes before stands before.

USE_TSORT(NEWTOY(tsort, ">1", TOYFLAG_USR|TOYFLAG_BIN))

config TSORT
  bool "tsort"
  default y
  help
    usage: tsort [FILE]

    Read pairs of words, of which the first is before the second, and write
    all of them in an order that agrees.
*/

#define FOR_tsort
#include "toys.h"

GLOBALS(
  struct node {
    struct node *next;
    char *name;
    struct after { struct after *next; struct node *node; } *after;
    int waits, done;
  } *nodes, **end;
)

static struct node *find_node(char *name)
{
  struct node *node;

  for (node = TT.nodes; node; node = node->next)
    if (!strcmp(node->name, name)) return node;
  node = xzalloc(sizeof(struct node));
  node->name = name;
  *TT.end = node;
  TT.end = &node->next;

  return node;
}

void tsort_main(void)
{
  char *text = toys.optc && strcmp(*toys.optargs, "-")
    ? xreadfile(*toys.optargs, 0, 0) : readfd(0, 0, &(off_t){0});
  struct node *node, *first = 0;
  struct after *after;
  int left = 0;

  TT.end = &TT.nodes;
  for (text = strtok(text ? : "", " \t\n"); text; text = strtok(0, " \t\n")) {
    node = find_node(text);
    if (!first) first = node;
    else {
      if (first!=node) {
        after = xzalloc(sizeof(struct after));
        after->node = node;
        after->next = first->after;
        first->after = after;
        node->waits++;
      }
      first = 0;
    }
  }
  if (first) error_exit("input contains an odd number of tokens");
  for (node = TT.nodes; node; node = node->next) left++;
  while (left) {
    int found = 0;

    for (node = TT.nodes; node; node = node->next) {
      if (node->done || node->waits) continue;
      node->done = found = 1;
      left--;
      xputs(node->name);
      for (after = node->after; after; after = after->next) after->node->waits--;
    }
    if (found) continue;
    // A loop: it is broken at its first node.
    for (node = TT.nodes; node->done;) node = node->next;
    error_msg("input contains a loop:");
    error_msg("%s", node->name);
    node->waits = 0;
  }
}
