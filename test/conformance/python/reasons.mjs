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
  [/test_broken_pipe_error/, 'Until a program makes a pipe or a socket of its own, SIGPIPE ends it.'],
  [
    /sigwait|sigtimedwait/,
    'Signals cannot be blocked: pthread_sigmask is Emscripten’s, which does nothing, so there is none to wait for.',
  ],
  [/setregid_neg1|setreuid_neg1/, 'There is one user, and no call that makes it another, not even itself.'],
  [
    /jsonlines_from_file|mutate_dict_items_during_encode|test_tarfile .*(trailing_slash|oversized_size|out_of_range_clock)/,
    'The suite is of 3.14.10 and tests what was mended in CPython after 3.14.2.',
  ],
  [/it had not ended after|SIGKILL timeout/, 'It takes longer than the driver gives it.'],
  [/resource|max_fd_is_lowered/, 'There is no module `resource` here.'],
  [/Unrecognized service|service_n/, 'There is no list of services (/etc/services).'],
  [
    /network grant|is not a URL/,
    'The test replaces http.client, and urllib here asks the page (mended since; see the next run).',
  ],
];
