// runtime-loaders/python: asyncio, in Python. CPython's own loop over poll, with pipes, sockets and children. Runs
// after `python-process-side.ts`, in the same namespace. Waiting sleeps as time.sleep does, or, where the program
// can be suspended, until a JavaScript promise wakes it.

export const pythonEventLoop = String.raw`
def install_event_loop():
    import asyncio, inspect, selectors
    from asyncio import base_events, events, runners, unix_events

    def is_coroutine(callback):
        return inspect.iscoroutine(callback) or inspect.iscoroutinefunction(callback)

    class Selector(selectors.PollSelector):
        waiting = False
        woken = False  # since the loop began its turn

        def select(self, timeout=None):
            flush_output()
            if timeout is None and not can_run_sync() and not (host.processes.waitsInPlace and self.get_map()):
                raise RuntimeError('asyncio waits for something that cannot happen here: this browser cannot pause '
                                   'Python for JavaScript (it has no JavaScript Promise Integration)')
            self.waiting = True
            try:
                host.signals.pause(True)  # what a handler does to the loop is for its next turn
                if self.woken:
                    timeout = 0
                found = super().select(timeout if timeout is None else min(timeout, MOST_MS / 1000))
                check_signals()
                return found
            finally:
                self.waiting = False

    class ChildWatcher:
        """Children the loop waits for; the kernel's answer wakes it."""

        def __init__(self):
            self.children = {}

        def add_child_handler(self, pid, callback, *args):
            pending = reaping[pid] = host.processes.later('wait', to_js([pid, 0]))
            if (refusal := getattr(pending, 'refusal', None)) is not None:
                raise OSError(errno.ENOTSUP, refusal)
            self.children[pid] = pending, callback, args

        def look(self):
            for pid, (pending, callback, args) in list(self.children.items()):
                if pending.settled:
                    del self.children[pid]
                    reaping.pop(pid, None)
                    if getattr(pending, 'errno', 0) == errno.EINTR:
                        self.add_child_handler(pid, callback, *args)
                        continue
                    # Somebody else waited for it before: as CPython has it, its status is unknown.
                    lost = getattr(pending, 'errno', 0)
                    code = 255 if lost else os.waitstatus_to_exitcode(list(pending.words)[1])
                    callback(pid, code, *args)

    class EventLoop(unix_events._UnixSelectorEventLoop):
        def __init__(self, selector=None):
            super().__init__(selector or Selector())
            self._watcher = ChildWatcher()

        # Nothing runs beside the loop but JavaScript, which needs no socket to wake it.

        def _make_self_pipe(self):
            pass

        def _close_self_pipe(self):
            pass

        def _run_once(self):
            self._selector.woken = False
            if not isinstance(self._selector, Selector):
                host.signals.pause(True)
            super()._run_once()

        def _write_to_self(self):
            # A signal handler or a JavaScript callback does so at any turn of the loop.
            self._selector.woken = True
            if getattr(self._selector, 'waiting', True):
                host.wake()

        def _process_events(self, event_list):
            if self._watcher.children:
                self._watcher.look()
            if event_list:
                super()._process_events(event_list)

        def call_soon(self, callback, *args, context=None):
            handle = super().call_soon(callback, *args, context=context)
            self._write_to_self()
            return handle

        def call_at(self, when, callback, *args, context=None):
            handle = super().call_at(when, callback, *args, context=context)
            self._write_to_self()
            return handle

        def add_signal_handler(self, sig, callback, *args):
            if is_coroutine(callback):
                raise TypeError('coroutines cannot be used with add_signal_handler()')
            self._check_signal(sig)
            self._check_closed()
            self._signal_handlers[sig] = events.Handle(callback, args, self, None)
            try:
                unix_events.signal.signal(sig, lambda number, _frame: self._handle_signal(number))
            except OSError as error:
                del self._signal_handlers[sig]
                if error.errno != errno.EINVAL:
                    raise
                raise RuntimeError(f'sig {sig} cannot be caught') from None

        # Nor a thread that could wait for the pool, which has nothing left to do (patch_thread_pool).
        async def shutdown_default_executor(self, timeout=None):
            self._executor_shutdown_called = True
            if self._default_executor is not None:
                self._default_executor.shutdown(wait=False)

        # There are no threads to ask for names, and only one name to ask for.

        async def getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
            return base_events.socket.getaddrinfo(host, port, family, type, proto, flags)

        async def getnameinfo(self, sockaddr, flags=0):
            return base_events.socket.getnameinfo(sockaddr, flags)

    if sys.version_info < (3, 14):
        # pyodide asks for the loop, too, when a call is about to be suspended, and gives it to whoever runs meanwhile.
        policy = unix_events._UnixDefaultEventLoopPolicy
        current_loop = policy.get_event_loop
        # The loop is its own watcher of children since 3.14.
        policy.get_child_watcher = lambda self: events.get_running_loop()._watcher
        ChildWatcher.is_active = lambda self: True
        ChildWatcher.__enter__ = lambda self: self
        ChildWatcher.__exit__ = lambda self, *_exception: None
        policy.get_event_loop = lambda self: None if host is not None and host.isSwitching() else current_loop(self)

    # Undoes pyodide's loop, which runs from the start and is the browser's.
    events._set_running_loop(None)
    events._event_loop_policy = None
    asyncio.run = runners.run
    unix_events._UnixDefaultEventLoopPolicy._loop_factory = EventLoop
    asyncio.EventLoop = asyncio.SelectorEventLoop = EventLoop


install_event_loop()
`;
