// runtime-loaders/python: our half that is written in Python. It runs once, after Py_Initialize: when the
// snapshot is made (build.mjs reads this file) or, without one, right before the program. It leaves no name
// behind in __main__ and knows nothing of a process until `begin`, the one thing it leaves, is called.
// Its own frames are taken out of tracebacks by their file name.

import type { PendingRequest } from './python-network.js';
import type { SignalHost } from './python-signals.js';

/** The file name of our frames. */
export const pythonSideFile = '<wasm-elements>';

/** What the Python side calls; the loader implements it. */
export interface Host {
  /** Why the last read of standard input failed, if it could not wait. */
  takeRefusal(): string | undefined;
  /** An uncaught exception's class, before it is printed. */
  uncaught(name: string): void;
  readonly signals: SignalHost;
  /** Ends the wait of `poll` before its time. */
  wake(): void;
  beginRequest(
    method: string,
    url: string,
    headers: readonly string[],
    body: Uint8Array | undefined,
  ): PendingRequest;
}

/** What only a restored interpreter has to be told, for its start was that of the snapshot. */
export interface Restored {
  /** sys.argv, and what sys.orig_argv has after the executable. */
  readonly argv: readonly string[];
  readonly args: readonly string[];
  readonly environ: Readonly<Record<string, string>>;
  /** time.timezone and time.altzone, seconds; whether there is summer time; the two names. */
  readonly zone: readonly [number, number, boolean, string, string];
}

/** Remembers what CPython's own start imports; to be run before pyodide's. */
export const pythonBaseline = 'import sys; sys._wasm_elements_baseline = frozenset(sys.modules); del sys';

/** Where `begin` waits to be taken: an attribute of sys. */
export const beginName = '_wasm_elements_begin';

export const pythonSide = String.raw`
import _thread, atexit, errno, io, os, select, sys, time
from _frozen_importlib import _find_spec as find_spec
from _operator import index
from pyodide.ffi import can_run_sync, to_js
from _pyodide import _importhook

FILE = __file__
host = None
baseline = vars(sys).pop('_wasm_elements_baseline', ())
MOST_MS = 2**31 - 1
poll = select.poll()  # of nothing: it waits for time alone


# Standard streams. Output goes line by line, as to a terminal: the reader watches. Input flushes it first.

class StandardInput(io.FileIO):
    def readinto(self, buffer, /):
        flush_output()
        try:
            return super().readinto(buffer)
        except OSError:
            refusal = host.takeRefusal()
            if refusal is None:
                raise
        raise RuntimeError(refusal)

    def readall(self):
        parts = []
        buffer = bytearray(65536)
        while count := self.readinto(buffer):
            parts.append(bytes(buffer[:count]))
        return b''.join(parts)


def flush_output():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError):
            pass  # replaced by something without flush, or closed, or nobody reads, which the next print tells


def open_standard_streams():
    old = sys.stdin
    raw = StandardInput(0, 'r', closefd=False)
    raw.name = '<stdin>'
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(
        io.BufferedReader(raw), encoding=old.encoding, errors=old.errors, line_buffering=old.line_buffering)
    sys.stdin.mode = 'r'
    sys.stdout.reconfigure(line_buffering=True)


# Sleeping.

def sleep(seconds, /):
    if not isinstance(seconds, float):
        seconds = index(seconds)
    elif seconds != seconds:
        raise ValueError('Invalid value NaN (not a number)')
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    flush_output()
    select.poll().poll(min(seconds * 1000, MOST_MS))  # of its own: a signal handler may sleep too


sleep.__module__ = 'time'


# asyncio: CPython's own loop. Waiting for the next thing to happen sleeps as time.sleep does, or, where the
# program can be suspended, until a JavaScript promise wakes it.

def install_event_loop():
    import asyncio
    from asyncio import base_events, events, runners, unix_events

    class Waiter:
        waiting = False

        def select(self, timeout):
            flush_output()
            if timeout is None and not can_run_sync():
                raise RuntimeError('asyncio waits for something that cannot happen here: this browser cannot pause '
                                   'Python for JavaScript (it has no JavaScript Promise Integration)')
            self.waiting = True
            try:
                poll.poll(None if timeout is None else max(0, min(timeout * 1000, MOST_MS)))
            finally:
                self.waiting = False
            return ()

        def close(self):
            pass

    class EventLoop(base_events.BaseEventLoop):
        def __init__(self):
            super().__init__()
            self._selector = Waiter()

        def _process_events(self, event_list):
            pass

        def _write_to_self(self):
            if self._selector.waiting:
                host.wake()

        def call_soon(self, callback, *args, context=None):
            handle = super().call_soon(callback, *args, context=context)
            self._write_to_self()
            return handle

        def call_at(self, when, callback, *args, context=None):
            handle = super().call_at(when, callback, *args, context=context)
            self._write_to_self()
            return handle

    # Undoes pyodide's loop, which runs from the start and is the browser's.
    events._set_running_loop(None)
    events._event_loop_policy = None
    asyncio.run = runners.run
    unix_events._UnixDefaultEventLoopPolicy._loop_factory = EventLoop
    asyncio.EventLoop = asyncio.SelectorEventLoop = EventLoop


# Uncaught exceptions: as CPython prints them, without our frames.

def excepthook(kind, value, trace):
    seen = set()

    def strip(error):
        if error is None or id(error) in seen:
            return
        seen.add(id(error))
        error.__traceback__ = without_our_frames(error.__traceback__)
        strip(error.__cause__)
        strip(error.__context__)

    strip(value)
    if isinstance(value, ModuleNotFoundError):
        add_hint(value)
    host.uncaught(kind.__name__)
    sys.__excepthook__(kind, value, without_our_frames(trace))


def without_our_frames(trace):
    kept = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != FILE:
            kept.append(trace)
        trace = trace.tb_next
    for one, following in zip(kept, kept[1:] + [None]):
        one.tb_next = following
    return kept[0] if kept else None


def add_hint(error):
    name = (error.name or '').partition('.')[0]
    if name in _importhook.REPODATA_PACKAGES_IMPORT_TO_PACKAGE_NAME:
        error.add_note(f"The package '{name}' is not part of Python's standard library, "
                       'and packages cannot be installed here yet.')
    elif name in sys.stdlib_module_names:
        error.add_note(f"The standard library's '{name}' cannot work in a browser and is left out here.")


# What a browser has not.

def refuse_threads():
    def unavailable(*_args, **_options):
        raise RuntimeError("can't start new thread: there are no threads here, use asyncio")

    _thread.start_new_thread = _thread.start_new = _thread.start_joinable_thread = unavailable
    if (threading := sys.modules.get('threading')) is not None:
        threading._start_joinable_thread = unavailable


def refuse_processes():
    def refuse(name):
        def unavailable(*_args, **_options):
            raise OSError(errno.ENOTSUP, f'{name}: Python cannot start other programs here yet')
        unavailable.__name__ = unavailable.__qualname__ = name
        setattr(os, name, unavailable)

    for name in ('system', 'popen', 'fork', 'execv', 'execve', 'posix_spawn', 'posix_spawnp'):
        if hasattr(os, name):
            refuse(name)


# Modules to change once they have been imported, if they ever are.

after_import = {}


class AfterImport:
    """A finder that finds nothing of its own: calls a function when a module has been imported."""

    def find_spec(self, name, path, target=None):
        hook = after_import.pop(name, None)
        if hook is None:
            return None
        spec = find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = Loader(spec.loader, hook)
        return spec


class Loader:
    def __init__(self, loader, hook):
        self._loader, self._hook = loader, hook

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._hook(module)


def patch_getpass(getpass):
    # There is no terminal whose echo could be turned off, and no reader who needs a warning.
    def getpass_from_input(prompt='Password: ', stream=None, *, echo_char=None):
        return getpass._raw_input(prompt, stream or sys.stderr)

    getpass.getpass = getpass_from_input


def finish():
    threading = sys.modules.get('threading')
    if threading is not None:
        threading._shutdown()
    atexit._run_exitfuncs()
    flush_output()


# The program's own start.

def begin(its_host, shadows, restored=None):
    global host
    host = its_host
    del sys._wasm_elements_begin
    if restored is not None:
        take_over(restored)
    open_standard_streams()
    give_way({name.partition('.')[0] for name in shadows})
    # A name that would show that something ran before the program.
    sys.modules['__main__'].__dict__.pop('_pyodide_core', None)
    return finish


def take_over(restored):
    sys.argv[:] = restored['argv']
    sys.orig_argv[1:] = restored['args']
    os.environ.clear()
    os.environ.update(restored['environ'])
    zone, altzone, daylight, *names = restored['zone']
    time.timezone, time.altzone, time.daylight, time.tzname = zone, altzone, int(daylight), tuple(names)
    if (random := sys.modules.get('random')) is not None:
        random.seed()
    if (logging := sys.modules.get('logging')) is not None:
        logging._startTime = time.time_ns()


def give_way(names):
    # A file of the program's goes before a module of that name that CPython's own start would not have imported.
    if names:
        for name in list(sys.modules):
            if name.partition('.')[0] in names and name not in baseline and name not in sys.builtin_module_names:
                del sys.modules[name]


os.environ.pop('LD_LIBRARY_PATH', None)
time.sleep = sleep
install_event_loop()
refuse_threads()
refuse_processes()
after_import['getpass'] = patch_getpass
sys.meta_path.insert(0, AfterImport())
sys.excepthook = excepthook
sys._wasm_elements_begin = begin
`;
