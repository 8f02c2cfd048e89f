// Why a test of CPython's suite fails here and not in stock pyodide. The first expression that matches
// "module test: message" says it; a failure that none matches stands in the list without a reason, and has to be looked at.
const threads = 'The test starts threads, of which there are none.';
export const reasons = [
  [/no threads here|cannot join thread|threading\.Thread/, threads],
  [
    /there is no shell here|test_args_string|test_call_string/,
    'The command is one for /bin/sh (which is there since; see the next run).',
  ],
  [
    /os\.execv|os\.execve|os\.execvpe/,
    'os.exec… says what to do instead; a program cannot take the place of this one yet.',
  ],
  [/test_large_file_ops/, 'A file of 2 GB is more than a sandbox may have (limits.fileBytes).'],
  [
    /ItimerTest/,
    'Only ITIMER_REAL is there: a process in a browser cannot learn how much time it has computed.',
  ],
  [
    /keyboard_interrupt_exit_code/,
    'An uncaught KeyboardInterrupt ends a program with exit code 130, as a shell says it, not by the signal.',
  ],
  [/preexec_fn|fork/, 'A child is a new program from its start: there is no fork.'],
  [/resource|max_fd_is_lowered/, 'There is no module `resource` here.'],
  [/Unrecognized service|service_n/, 'There is no list of services (/etc/services).'],
  [
    /network grant|is not a URL/,
    'The test replaces http.client, and urllib here asks the page (mended since; see the next run).',
  ],
];
