/* zip and unzip define their main without a prototype, which clang has no start for. */
int program_main(int count, char **words);

int main(int count, char **words) { return program_main(count, words); }

/* The only time zone of the libc is UTC. */
int tzset(void) { return 0; }
