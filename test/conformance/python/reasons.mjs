// Why a test of CPython's suite fails here and not in stock pyodide. The first expression that matches
// "module test: message" says it; a failure that none matches stands in the list without a reason, and has to be looked at.
const threads = 'The test starts threads, of which there are none.';
export const reasons = [
  [/no threads here|cannot join thread|threading\.Thread/, threads],
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
  [/setregid_neg1|setreuid_neg1/, 'There is one user, and no call that makes it another, not even itself.'],
  [
    /jsonlines_from_file|mutate_dict_items_during_encode|outlive_collected_module|test_tarfile .*(trailing_slash|oversized_size|out_of_range_clock)/,
    'The suite is of 3.14.10 and tests what was mended in CPython after 3.14.2.',
  ],
  [
    /test_events\.(Poll|Select)EventLoopTests\.(test_subprocess|test_signal_handling)/,
    'A loop that is given a selector of its own is not woken by children and signals.',
  ],
  [/it had not ended after|SIGKILL timeout/, 'It takes longer than the driver gives it.'],
  [
    /LazyImportTest|TestLazyImport|test_startup_optimization/,
    'The interpreter starts with the usual modules imported (decision 16), more than CPython’s own start has.',
  ],
  [
    /test_create_at_shutdown|test_exit_on_shutdown|test__thread_interrupt_main/,
    'Something holds the module __main__ to the end, so its names are None before what they named is deleted.',
  ],
  [
    /concurrent_initialization_subinterpreter/,
    'There is one interpreter in a process, as there is one thread.',
  ],
  [
    /No module named 'test'/,
    'The child is started with -I, so it does not look at PYTHONPATH, by which this driver tells it where the suite is.',
  ],
  [
    /SSL is not supported/,
    'This build of CPython has no TLS; the browser speaks it for urllib and http.client.',
  ],
  [/no attribute 'mkfifo'/, 'There are no named pipes.'],
  [/test_internal_fds/, 'The event loop needs no pair of sockets to be woken.'],
  [
    /sig 9 cannot be caught/,
    'The event loop remembers a handler for SIGKILL that it has refused. A defect of ours, known since this run.',
  ],
  [
    /test_watcher_implementation/,
    'The event loop hears of children from the kernel, not from a thread for each.',
  ],
  [
    /test_asyncio test_(tasks|graph|futures|streams|selector_events|sock_lowlevel|server|base_events|taskgroups|locks|queues)|str_non_zero|status_line|reentrant|test_tarfile/,
    'It looks like what was mended in CPython after 3.14.2 (the suite is of 3.14.10); not compared one by one.',
  ],
  [
    /the interpreter ended.*(reap_children|cut_shor)/s,
    'The run of the module was ended here by its time limit.',
  ],
  [
    /test_run_abort|test_umask|test_invalid_(cmd|env)|test_pipesize_default|test_undecodable_env/,
    'Mended since this run.',
  ],
  [/test_pipesize/, 'All pipes hold the same; F_SETPIPE_SZ changes nothing.'],
  [/POSIXProcessTestCase.test_user/, 'There is one user.'],
  [/swap_std_fds/, 'Standard input cannot be written to, nor standard output read from, whatever they are.'],
  [/testGetServBy/, 'There is no list of services (/etc/services).'],
  [
    /InterfaceNameIndex|InterfaceIndexToName/,
    'There is one machine in the network, and no names of its interfaces.',
  ],
  [/test_host_resolution_bad_address/, 'Emscripten makes up an address for a name that looks like one.'],
  [/SelectTestCase.test_errno/, 'Emscripten’s select says nothing of a descriptor that is closed.'],
  [
    /test_write_filtered_python_package/,
    'It compiles the whole suite into a file; the kernel ends the program (“protocol”). A defect of ours, not found yet.',
  ],
  [/resource|max_fd_is_lowered/, 'There is no module `resource` here.'],
  [/Unrecognized service|service_n/, 'There is no list of services (/etc/services).'],
  [
    /network grant|is not a URL/,
    'The test replaces http.client, and urllib here asks the page (mended since; see the next run).',
  ],
];
