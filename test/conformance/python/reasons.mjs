// Why a test of CPython's suite fails here and not in stock pyodide. The first expression that matches
// "module test: message" says it; a failure that none matches stands in the list without a reason, and has to be looked at.
const threads = 'The test starts threads, of which there are none.';
export const reasons = [
  [/no threads here|cannot join thread|threading\.Thread/, threads],
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
  // Compared with the sources of 3.14.10, which the suite is of: the test is of a line that 3.14.2 has otherwise.
  [
    /test_asyncio test_tasks\.\S*(test_shield_cancel_outer|test_as_completed|test_gather_discards|test_wait_discards|test_eager_start_true_no_loop|test_get_context_uninitialized)/,
    'Changed in asyncio (tasks.py, _asyncio) after 3.14.2: shield no longer logs, as_completed, gather and wait let go of who awaits them.',
  ],
  [
    /test_asyncio test_(graph|tools)\./,
    'Changed in asyncio (graph.py, tools.py, tasks.py) after 3.14.2: what a call graph shows.',
  ],
  [/test_futureiter_send_after/, 'A crash of _asyncio, mended after 3.14.2.'],
  [
    /test_writelines_empty_chunk|resume_writing_closes|test_sock_accept_racing|transport_error_closes_sock|start_tls_updates_reader_transport|test_unhandled_exception_sync_callback|test_unclosed_server_resource_warnings|test_close_with_hanging_client|test_wait_even_if_pipe_is_open/,
    'Changed in asyncio (selector_events.py, base_events.py, base_subprocess.py, streams.py) after 3.14.2: it would hang, or leave a socket open.',
  ],
  [
    /test_tarfile .*realpath_limit_attack \[tar\]/,
    'It makes a path longer than the longest there is; here none is too long, and the attack is refused.',
  ],
  [/test_tarfile .*big_size/, 'It takes longer than the driver gives it.'],
  [
    /test_tarfile/,
    'Changed in tarfile.py after 3.14.2: with that of 3.14.10 in its place the test passes here.',
  ],
  [/test_execve_env_concurrent_mutation/, 'A crash of os.execve, mended after 3.14.2.'],
  [
    /jsonlines_from_file|mutate_dict_items_during_encode|outlive_collected_module|str_non_zero/,
    'Changed in CPython after 3.14.2 (json.tool takes --json-lines, CalledProcessError takes any return code, crashes of json and datetime).',
  ],
  [/test_undecodable_env/, 'With LC_ALL=C a byte of the environment that is no UTF-8 arrives as three.'],
  [
    /SelectorEventLoopSignalTests|test_timeout_rounding/,
    'The loop is woken without a descriptor (set_wakeup_fd), and looks once more when it was.',
  ],
  [
    /test_reentrant_write_buffered/,
    'It hung in this run, and what it does passes on its own; not found yet.',
  ],
  [/request_line_error_has_status_line/, 'Changed in http/server.py after 3.14.2.'],
  [/test_create_datagram_endpoint_no_addrinfo/, 'Mended since this run.'],
  [/threadsafe_and_cancel/, threads],
  [/it had not ended after|SIGKILL timeout/, 'It takes longer than the driver gives it.'],
  [
    /LazyImportTest|TestLazyImport|test_startup_optimization/,
    'The interpreter starts with the usual modules imported (decision 16), more than CPython’s own start has.',
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
    /test_watcher_implementation/,
    'The event loop hears of children from the kernel, not from a thread for each.',
  ],
  [
    /the interpreter ended.*(reap_children|cut_shor)/s,
    'The run of the module was ended here by its time limit.',
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
  [/resource|max_fd_is_lowered/, 'There is no module `resource` here.'],
  [/Unrecognized service|service_n/, 'There is no list of services (/etc/services).'],
];
