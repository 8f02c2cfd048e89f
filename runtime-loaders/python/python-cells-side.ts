// runtime-loaders/python: cells and setup blocks, in Python. Runs when a session's interpreter or a program with a
// setup block starts, in the namespace of `python-side.ts`; its last line is what the loader calls for a cell.
// Must always hold: whatever the code does short of ending the process, the call returns its exit code.

export const pythonCells = String.raw`
import asyncio, builtins, functools, json, linecache, math
from asyncio import events, runners
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from inspect import CO_COROUTINE

main_names = sys.modules['__main__'].__dict__
main_names['__builtins__'] = builtins
first_input = sys.stdin
cell_runner = None
# The cells' loop, while code without await runs that may leave tasks to it.
lent = None
lends = False
# What cells and blocks are called, and the blocks that have run.
cell_names = set()
run_before = set()
packages_time = None


def run_cell(text):
    try:
        lend_from_now_on()
        forget_interrupts()
        request = json.loads(text)
        begin_cell(request)
        setup = request.get('setup')
        if setup is not None and setup['key'] not in run_before:
            code = run_source(setup['source'], '<setup>')
            if code is not None:
                return code
            run_before.add(setup['key'])
        main_names['__file__'] = request['path']
        return run_source(request['source'], request['name'], request.get('display') == 'last') or 0
    except KeyboardInterrupt:
        return 130  # between two steps of ours


def run_setup(source, folder):
    # CPython puts the folder there itself, for the program.
    sys.path.insert(0, folder)
    try:
        code = run_source(source, '<setup>')
    finally:
        sys.path.remove(folder)
    return -1 if code is None else code


def forget_interrupts():
    """Stop was for the cell before, which ended meanwhile."""
    while True:
        try:
            check_signals()
            return
        except KeyboardInterrupt:
            pass


def begin_cell(request):
    if sys.stdin is sys.__stdin__:
        raw = StandardInput(0, 'r', closefd=False)
        raw.name = '<stdin>'
        sys.stdin = sys.__stdin__ = io.TextIOWrapper(
            io.BufferedReader(raw), encoding=first_input.encoding, errors=first_input.errors)
        sys.stdin.mode = 'r'
    sys.argv[:] = request['argv']
    os.environ.update(request['env'])
    folder = os.path.dirname(request['path'])
    if folder not in sys.path:
        sys.path.insert(0, folder)
    look_for_packages()


def look_for_packages():
    """The page may have installed some for this cell."""
    global packages_time
    changed = packages_changed()
    if changed == packages_time:
        return
    packages_time = changed
    # Not importlib.invalidate_caches(), which reads the archive of the library anew.
    for path, finder in list(sys.path_importer_cache.items()):
        if finder is None:
            del sys.path_importer_cache[path]
        elif isinstance(finder, FileFinder):
            finder.invalidate_caches()
    if SITE_PACKAGES in sys.path:
        sys.path.remove(SITE_PACKAGES)
    add_site_packages()


def packages_changed():
    try:
        return os.stat(SITE_PACKAGES).st_mtime_ns
    except OSError:
        return None


def run_source(source, name, shows_last=False):
    """Runs it in __main__. None: to its end; a number: how it ended otherwise, which has been told."""
    cell_names.add(name)
    linecache.cache[name] = len(source), None, [line + '\n' for line in source.rstrip('\n').split('\n')], name
    try:
        try:
            if shows_last:
                body, last = split_last_expression(source, name, PyCF_ALLOW_TOP_LEVEL_AWAIT)
                run_code(body)
                value = None if last is None else run_code(last)
                if value is not None:
                    display(value)
            else:
                run_code(compile(source, name, 'exec', PyCF_ALLOW_TOP_LEVEL_AWAIT, True))
        finally:
            show_left_figures()
            flush_output()
    except SystemExit as error:
        return exit_code(error.code)
    except BaseException as error:
        return tell_uncaught(error)
    return None


def show_left_figures():
    if 'BACKEND' in globals() and BACKEND in sys.modules:
        show_figures(again=False)


def run_code(code):
    global lent
    if code.co_flags & CO_COROUTINE:
        cells_loop()
        return cell_runner.run(eval(code, main_names))
    if not lends:
        return eval(code, main_names)
    lent = cells_loop()
    events._set_running_loop(lent)
    try:
        return eval(code, main_names)
    finally:
        events._set_running_loop(None)
        lent = None


def cells_loop():
    """One loop for all cells: what a cell has begun goes on while a later one waits."""
    global cell_runner
    if cell_runner is None or cell_runner.get_loop().is_closed():
        cell_runner = asyncio.Runner()
    return cell_runner.get_loop()


def lend_from_now_on():
    global lends
    if not lends:
        lends = True
        runners.Runner.run = by_itself(runners.Runner.run)
        asyncio.run = runners.run = by_itself(runners.run)
        for name in ('run_forever', 'run_until_complete'):
            setattr(asyncio.EventLoop, name, by_itself(getattr(asyncio.EventLoop, name)))


def by_itself(function):
    """What wants that no loop runs, for code to which one was lent."""
    @functools.wraps(function)
    def call(*args, **options):
        global lent
        loop, lent = lent, None
        if loop is None:
            return function(*args, **options)
        events._set_running_loop(None)
        try:
            return function(*args, **options)
        finally:
            events._set_running_loop(loop)
            lent = loop
    return call


# Between cells.

def has_left():
    loop = cell_runner and cell_runner.get_loop()
    return loop and not loop.is_closed() and bool(
        loop._ready or loop._scheduled or asyncio.all_tasks(loop) or loop._selector.get_map() or loop._watcher.children)


def go_on(asked):
    """Runs what cells have left behind until the promise is settled."""
    if not has_left():
        return
    loop = cell_runner.get_loop()
    done = loop.create_future()
    stop = lambda *_: done.done() or done.set_result(None)
    asked.then(stop, stop)
    while not done.done() and not loop.is_closed():
        run_left(loop.run_until_complete, done)


def take_turn():
    """Runs what is due of it. How many milliseconds later it wants to be called again; -1: there is nothing left."""
    if not has_left():
        return -1
    loop = cell_runner.get_loop()
    loop.call_soon(loop.stop)
    run_left(loop.run_forever)
    if not has_left():
        return -1
    if loop._ready:
        return 0
    due = loop._scheduled[0]._when - loop.time() if loop._scheduled else math.inf
    return math.ceil(max(0, min(due, LOOK_SECONDS)) * 1000)


# Where Python cannot be paused, nothing tells that something but time has passed.
LOOK_SECONDS = 0.05


def run_left(run, *args):
    try:
        run(*args)
    except SystemExit as error:
        exit_code(error.code)
    except RuntimeError:
        pass  # something has stopped the loop
    except BaseException as error:
        if any(frame.f_code.co_filename in cell_names for frame, _ in walk_trace(error.__traceback__)):
            tell_uncaught(error)
    flush_output()


def walk_trace(trace):
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def exit_code(value):
    if value is None:
        return 0
    if isinstance(value, int):
        return value & 255
    try:
        print(value, file=sys.stderr)
        flush_output()
    except BaseException:
        pass  # standard error is broken: there is nobody to tell
    return 1


def tell_uncaught(error):
    trace = error.__traceback__
    # What called the code: we, and the event loop.
    while trace is not None and trace.tb_frame.f_code.co_filename not in cell_names:
        trace = trace.tb_next
    if trace is not None:
        error.__traceback__ = trace
    sys.last_exc, sys.last_type, sys.last_value, sys.last_traceback = error, type(error), error, trace
    try:
        sys.excepthook(type(error), error, error.__traceback__)
        flush_output()
    except BaseException:
        pass  # as above, or interrupted once more
    return 130 if isinstance(error, KeyboardInterrupt) else 1


run_cell
`;
