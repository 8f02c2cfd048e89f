// runtime-loaders/python: our half that is written in Python. It runs once, after Py_Initialize: when the
// snapshot is made (build.mjs reads this file) or, without one, right before the program. It leaves no name
// behind in __main__ and knows nothing of a process until `begin`, the one thing it leaves, is called.
// Its own frames are left out of tracebacks, by their file name.

import type { Links } from './links.js';
import type { Processes } from './processes.js';
import type { SocketOptions } from './sockets.js';
import type { PendingRequest } from './python-network.js';
import type { PendingPackages } from './python-packages.js';
import type { SignalHost } from './python-signals.js';

/** The file name of our frames. */
export const pythonSideFile = '<wasm-elements>';

/** What the Python side calls; the loader implements it. */
export interface Host {
  /** Why the last read of standard input failed, if it could not wait. */
  takeRefusal(): string | undefined;
  /** An uncaught exception's class, before it is printed. */
  uncaught(name: string): void;
  /** Python source of what `display` does. */
  readonly displaySource: string;
  /** Whether `installPackages` waits in place. */
  readonly canWait: boolean;
  /** Installs packages into the tree. */
  installPackages(requirements: readonly string[]): PendingPackages;
  readonly signals: SignalHost;
  /** Whether a call is just about to be suspended. */
  isSwitching(): boolean;
  /** Ends the wait of `poll` before its time. */
  wake(): void;
  readonly processes: Processes;
  readonly sockets: SocketOptions;
  readonly links: Links;
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
  /** Letters of the options that can be set later. */
  readonly options: string;
  readonly environ: Readonly<Record<string, string>>;
  /** time.timezone and time.altzone, seconds; whether there is summer time; the two names. */
  readonly zone: readonly [number, number, boolean, string, string];
}

/** Remembers what CPython's own start imports; to be run before pyodide's. */
export const pythonBaseline = 'import sys; sys._wasm_elements_baseline = frozenset(sys.modules); del sys';

/** Where `begin` waits to be taken: an attribute of sys. */
export const beginName = '_wasm_elements_begin';

export const pythonSide = String.raw`
import _signal as signals, _thread, atexit, errno, io, os, select, sys, time
from _frozen_importlib import _find_spec as find_spec
from _operator import index
from pyodide.ffi import can_run_sync, to_js

FILE = __file__
LIBRARY = f'/lib/python{sys.version_info[0]}{sys.version_info[1]}.zip'
PYODIDE = (f'{LIBRARY}/_pyodide/', f'{LIBRARY}/pyodide/')
host = None
baseline = vars(sys).pop('_wasm_elements_baseline', ())
MOST_MS = 2**31 - 1
check_signals = signals.pause  # here it returns at once, but runs the handlers of signals that have come


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


def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def open_standard_streams(unbuffered):
    for fd, name in enumerate(('stdin', 'stdout', 'stderr')):
        if not is_open(fd):
            setattr(sys, name, None)
            setattr(sys, f'__{name}__', None)
    if (old := sys.stdin) is not None:
        raw = StandardInput(0, 'r', closefd=False)
        raw.name = '<stdin>'
        sys.stdin = sys.__stdin__ = io.TextIOWrapper(
            io.BufferedReader(raw), encoding=old.encoding, errors=old.errors, line_buffering=old.line_buffering)
        sys.stdin.mode = 'r'
    if sys.stdout is not None:
        sys.stdout.reconfigure(line_buffering=True)
    if unbuffered:
        for fd, name in ((1, 'stdout'), (2, 'stderr')):
            if (old := getattr(sys, name)) is None:
                continue
            raw = io.FileIO(fd, 'w', closefd=False)
            raw.name = f'<{name}>'
            new = io.TextIOWrapper(raw, encoding=old.encoding, errors=old.errors, newline='\n', write_through=True)
            new.mode = 'w'
            setattr(sys, name, new)
            setattr(sys, f'__{name}__', new)


# Sleeping, also in destructors, when modules have been emptied.

monotonic, Nothing = time.monotonic, select.poll


def sleep(seconds, /):
    if not isinstance(seconds, float):
        try:
            seconds = index(seconds)
        except TypeError:
            name = type(seconds).__name__
            raise TypeError(f"'{name}' object cannot be interpreted as an integer or float") from None
    elif seconds != seconds:
        raise ValueError('Invalid value NaN (not a number)')
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    flush_output()
    left = min(seconds, MOST_MS / 1000)
    end = monotonic() + left
    nothing = Nothing()  # of its own: a signal handler may sleep too
    while True:
        nothing.poll(left * 1000)
        left = end - monotonic()
        if left <= 0:
            return


sleep.__module__ = 'time'


# Emscripten's select says of a closed descriptor only that it is not ready.

def selected(select):
    def checked(rlist, wlist, xlist, timeout=None, /):
        given = tuple(rlist), tuple(wlist), tuple(xlist)
        found = select(*given, timeout)
        if not any(found):
            for each in {*given[0], *given[1], *given[2]}:
                os.fstat(each if isinstance(each, int) else each.fileno())
        return found
    checked.__name__ = checked.__qualname__ = 'select'
    checked.__module__ = 'select'
    return checked


select.select = selected(select.select)


def until_settled(pending):
    # It may settle at any turn of a loop, also between looking and waiting, and while a handler runs.
    while True:
        host.signals.pause(True)
        if pending.settled:
            host.signals.pause(False)
            return pending
        select.poll().poll()
        check_signals()


# Tracebacks show the program's frames. Ours, pyodide's and those that only start a module are left out wherever one is
# printed, by whomever.

def is_inner(code):
    name = code.co_filename
    return name == FILE or name == '<frozen runpy>' or name.startswith(PYODIDE)


def patch_traceback(traceback):
    def of_the_program(walk):
        def walk_program(start, *args, **options):
            found = walk(start, *args, **options)
            # None stands for the caller of a caller, which would be another one here.
            return found if start is None else (each for each in found if not is_inner(each[0].f_code))
        return walk_program

    for name in ('walk_tb', 'walk_stack', '_walk_tb_with_full_positions'):
        if hasattr(traceback, name):
            setattr(traceback, name, of_the_program(getattr(traceback, name)))


# Who runs a program in a page, and not on a terminal, is told of its own frames only, if one of them is among it.

def is_of_program(code):
    name = code.co_filename
    return not (name.startswith(('/lib/python', '<frozen ')) or '/site-packages/' in name or is_inner(code))


def without_library(trace):
    kept = []
    while trace is not None:
        if is_of_program(trace.tb_frame.f_code):
            kept.append(trace)
        trace = trace.tb_next
    for each in reversed(kept):
        trace = type(each)(trace, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return trace


def errors_of(value):
    # What it came from, too, and what it is a group of.
    found, waiting = {}, [value]
    while waiting:
        error = waiting.pop()
        if error is not None and id(error) not in found:
            found[id(error)] = error, error.__traceback__
            waiting += error.__cause__, error.__context__
            if isinstance(error, BaseExceptionGroup):
                waiting += error.exceptions
    return found.values()


def excepthook(kind, value, trace):
    if isinstance(value, ModuleNotFoundError):
        add_hint(value)
    host.uncaught(kind.__name__)
    environ = os.environ
    short = 'WASM_ELEMENTS_DISPLAY' in environ and environ.get('WASM_ELEMENTS_TRACEBACK') != 'full'
    if not short or value.__traceback__ is not trace or without_library(trace) is None:
        return sys.__excepthook__(kind, value, trace)
    errors = errors_of(value)
    try:
        for error, whole in errors:
            error.__traceback__ = without_library(whole)
        sys.__excepthook__(kind, value, value.__traceback__)
    finally:
        for error, whole in errors:
            error.__traceback__ = whole


# What a browser has not.

def refuse_threads():
    def unavailable(*_args, **_options):
        raise RuntimeError("can't start new thread: there are no threads here, use asyncio")

    _thread.start_new_thread = _thread.start_new = _thread.start_joinable_thread = unavailable
    if (threading := sys.modules.get('threading')) is not None:
        threading._start_joinable_thread = unavailable


# Modules to change once they have been imported, if they ever are.

after_import = {}


def when_imported(name, patch):
    if name in sys.modules:
        patch(sys.modules[name])
    else:
        after_import[name] = patch


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
    on_terminal = getpass.getpass

    # Where there is no terminal whose echo could be turned off, no reader needs a warning.
    def getpass_from_input(prompt='Password: ', stream=None, **options):
        if os.isatty(0):
            return on_terminal(prompt, stream, **options)
        return getpass._raw_input(prompt, stream or sys.stderr)

    getpass.getpass = getpass_from_input


def finish():
    threading = sys.modules.get('threading')
    for step in (threading and threading._shutdown, atexit._run_exitfuncs, flush_output):
        try:
            if step is not None:
                step()
        except KeyboardInterrupt:
            pass  # it ends the step, for the program has ended
    # With it goes what __main__ holds, while there is everything else.
    vars(sys.modules.get('pyodide._state', sys)).pop('__main__', None)


# The program's own start.

at_begin = []


def begin(its_host, shadows, restored=None):
    global host
    host = its_host
    del sys._wasm_elements_begin
    if restored is not None:
        take_over(restored)
    for step in at_begin:
        step()
    open_standard_streams(restored is not None and 'u' in restored['options'])
    add_site_packages()
    give_way({name.partition('.')[0] for name in shadows})
    # A name that would show that something ran before the program.
    sys.modules['__main__'].__dict__.pop('_pyodide_core', None)
    return finish


def take_over(restored):
    sys.argv[:] = restored['argv']
    sys.orig_argv[1:] = restored['args']
    if 'B' in restored['options']:
        sys.dont_write_bytecode = True
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
refuse_threads()
after_import['getpass'] = patch_getpass
if (traceback := sys.modules.get('traceback')) is not None:
    patch_traceback(traceback)
else:
    after_import['traceback'] = patch_traceback
sys.meta_path.insert(0, AfterImport())
sys.excepthook = excepthook
sys._wasm_elements_begin = begin
`;
