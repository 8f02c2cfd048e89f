// runtime-loaders/python: processes, in Python. Runs after `python-side.ts`, in the same namespace. CPython's own
// subprocess.py works on top of our `fork_exec`; what forks is refused with a sentence that names the alternative.

export const pythonProcesses = String.raw`
SHELL = '/bin/sh'
# SIGPIPE, which CPython ignores and its children get back (_Py_RestoreSignals).
RESTORED = [13]


# Calls. Waiting is done in poll, so signals and asyncio have their place.

def ask(pending):
    until_settled(pending)
    if (refusal := getattr(pending, 'refusal', None)) is not None:
        raise OSError(errno.ENOTSUP, refusal)
    if number := getattr(pending, 'errno', 0):
        raise OSError(number, os.strerror(number))
    return pending


def call(name, *args):
    while True:
        try:
            return ask(host.processes.ask(name, to_js([index(each) for each in args])))
        except InterruptedError:
            check_signals()


# Waiting for children. A wait that an exception cut short goes on: the child it reaps would be lost.

reaping = {}


def waitpid(pid, options, /):
    pid, options = index(pid), index(options)
    while True:
        pending = reaping.pop(pid, None)
        if pending is None:
            pending = host.processes.ask('wait', to_js([pid, options]))
        elif options & os.WNOHANG and not pending.settled:
            reaping[pid] = pending
            return 0, 0
        if not pending.settled:
            reaping[pid] = pending
        try:
            child, status = ask(pending).words
        except InterruptedError:
            reaping.pop(pid, None)
            check_signals()
            continue
        reaping.pop(pid, None)
        return child, status


def wait():
    return waitpid(-1, 0)


def getpid():
    # Modules of the snapshot are imported where there is no process yet.
    return 1 if host is None else host.processes.pid


def identity(pid):
    return list(call('identity', pid).words)


def getppid():
    try:
        return identity(0)[1]
    except OSError:
        return host.processes.parent


def abort():
    import signal
    signal.signal(signal.SIGABRT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGABRT)


def killpg(pgid, signal, /):
    if index(pgid) <= 1:
        raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))
    call('kill', -pgid, signal)


def getpgid(pid):
    return identity(pid)[2]


def getpgrp():
    return identity(0)[2]


def getsid(pid, /):
    return identity(pid)[3]


def setpgid(pid, pgrp, /):
    call('setGroup', pid, pgrp)


def setpgrp():
    call('setGroup', 0, 0)


def setsid():
    call('newSession')


def set_inheritable(fd, inheritable, /):
    # This build of CPython takes no notice of it.
    import fcntl
    flags = fcntl.fcntl(fd, fcntl.F_GETFD)
    fcntl.fcntl(fd, fcntl.F_SETFD, flags & ~fcntl.FD_CLOEXEC if inheritable else flags | fcntl.FD_CLOEXEC)


# Starting programs.

def standard(*given):
    """Its three standard streams: those named, this program's for -1; what is closed here is closed there."""
    return [(fd, source if source != -1 else fd) for fd, source in enumerate(given) if source != -1 or is_open(fd)]


def fork_exec(args, executables, close_fds, fds_to_keep, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread,
              errwrite, errpipe_read, errpipe_write, restore_signals, start_new_session, process_group, gid, gids, uid,
              umask, preexec_fn, _use_vfork=False, /):
    if preexec_fn is not None:
        raise RuntimeError('preexec_fn cannot run here: a child is a new program from its start, no copy of this one')
    if any(each not in (None, os.getuid()) for each in (gid, uid)) or gids:
        raise PermissionError(errno.EPERM, 'there are no other users here')
    fds = standard(p2cread, c2pwrite, errwrite)
    kept = [fd for fd in fds_to_keep if fd > 2 and fd != errpipe_write]
    others = set(kept) if close_fds else {*kept, *host.processes.inheritable()}
    others.discard(errpipe_read)
    fds += [(fd, fd) for fd in sorted(others)]
    if c2pwrite != -1 and 'WASM_ELEMENTS_DISPLAY' in os.environ:
        # Whoever reads its output gets text (python-display.ts).
        given = [name + b'=' + value for name, value in os.environb.items()] if env is None else env
        env = [each for each in given if not each.startswith(b'WASM_ELEMENTS_DISPLAY=')]
    if env is not None:
        pairs = [each.partition(b'=') for each in env]
        env = {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
    args = [os.fsdecode(each) for each in args]
    paths = [os.fsdecode(each) for each in executables]
    if any('\0' in each for each in (*args, *paths, *(env or {}), *(env or {}).values(), *cwd_words(cwd))):
        raise ValueError('embedded null byte')
    # Names that the kernel finds by PATH: a runtime at a version is one, and no file.
    if search := '/' not in args[0] and os.path.basename(paths[0]) == args[0]:
        paths = [args[0]]
    for path in paths:
        try:
            return spawn(args, path, search, fds, env, cwd, umask, process_group, start_new_session,
                         RESTORED if restore_signals else [])
        except (FileNotFoundError, NotADirectoryError):
            if path is paths[-1]:
                raise


def cwd_words(cwd):
    return () if cwd is None else (os.fsdecode(cwd),)


def spawn(argv, path, search, fds, env, cwd, umask=-1, group=-1, session=False, restored=()):
    if cwd is None:
        cwd = os.getcwd()
    elif not os.path.isdir(os.fsdecode(cwd)):
        os.stat(cwd)
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), cwd)
    env = environment() if env is None else env
    words = [word for pair in env.items() for word in pair]
    pending = host.processes.spawn(path, search, to_js(argv), to_js(words), os.path.abspath(os.fsdecode(cwd)), umask,
                                   to_js([fd for pair in fds for fd in pair]), group, bool(session),
                                   to_js(list(restored)))
    try:
        return ask(pending).value
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            raise
        raise OSError(error.errno, error.strerror, path) from None


# Emscripten's exec fails always, but CPython looks before at what it was given.

def with_replacing(execute):
    def replace(path, argv, *env):
        try:
            execute(path, argv, *env)
        except OSError:
            pass
        path = os.fsdecode(path)
        argv = [os.fsdecode(each) for each in argv]
        pairs = standard(-1, -1, -1) + [(fd, fd) for fd in host.processes.inheritable()]
        words = [word for pair in (named(*env) if env else environment()).items() for word in pair]
        try:
            ask(host.processes.execute(path, to_js(argv), to_js(words), os.getcwd(),
                                       to_js([fd for pair in pairs for fd in pair])))
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from None
    replace.__name__, replace.__module__ = execute.__name__, 'posix'
    return replace


def system(command):
    fds = standard(-1, -1, -1) + [(fd, fd) for fd in host.processes.inheritable()]
    pid = spawn([SHELL, '-c', os.fsdecode(command)], SHELL, False, fds, None, None)
    return waitpid(pid, 0)[1]


def spawnvef(mode, file, args, env, func):
    # What os.spawn*() come down to.
    if not isinstance(args, (tuple, list)):
        raise TypeError('argv must be a tuple or a list')
    if not args or not args[0]:
        raise ValueError('argv first element cannot be empty')
    file = os.fsdecode(file)
    fds = standard(-1, -1, -1) + [(fd, fd) for fd in host.processes.inheritable()]
    search = func in (os.execvp, os.execvpe) and '/' not in file
    pid = spawn([os.fsdecode(each) for each in args], file, search, fds, named(env), None)
    if mode == os.P_NOWAIT:
        return pid
    return os.waitstatus_to_exitcode(waitpid(pid, 0)[1])


def named(env):
    if env is None:
        return None
    names = {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
    for name, value in names.items():
        if '\0' in name or '\0' in value:
            raise ValueError('embedded null byte')
        if not name or '=' in name:
            raise ValueError('illegal environment variable name')
    return names


# os.putenv changes what children get, and os.environ does not show it.

put, unset, changed = os.putenv, os.unsetenv, {}


def putenv(name, value, /):
    put(name, value)
    changed[os.fsdecode(name)] = os.fsdecode(value)


def unsetenv(name, /):
    unset(name)
    changed[os.fsdecode(name)] = None


def environment():
    names = {**os.environ, **changed}
    return {name: value for name, value in names.items() if value is not None}


def posix_spawn(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(),
                setsigdef=(), scheduler=None):
    return spawn_with_actions(path, argv, env, False, file_actions, setpgroup, setsid, setsigdef)


def posix_spawnp(path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(),
                 setsigdef=(), scheduler=None):
    return spawn_with_actions(path, argv, env, True, file_actions, setpgroup, setsid, setsigdef)


def spawn_with_actions(path, argv, env, search, file_actions, group, session, restored):
    path = os.fsdecode(path)
    fds = dict(standard(-1, -1, -1)) | {fd: fd for fd in host.processes.inheritable()}
    opened = []
    try:
        for action, fd, *rest in file_actions or ():
            if action == os.POSIX_SPAWN_OPEN:
                opened.append(os.open(*rest))
                fds[fd] = opened[-1]
            elif action == os.POSIX_SPAWN_CLOSE:
                fds.pop(fd, None)
            elif action == os.POSIX_SPAWN_DUP2:
                fds[rest[0]] = fds.get(fd, fd)
            elif action == os.POSIX_SPAWN_CLOSEFROM:
                fds = {each: own for each, own in fds.items() if each < fd}
            else:
                raise TypeError('Unknown file_actions identifier')
        return spawn([os.fsdecode(each) for each in argv], path, search and '/' not in path, sorted(fds.items()),
                     named(env), None, -1, -1 if group is None else group, session, restored)
    finally:
        for fd in opened:
            os.close(fd)


# What needs a copy of a running interpreter, which a browser cannot make.

def refused(name, sentence, kind=OSError):
    def unavailable(*_args, **_options):
        raise OSError(errno.ENOTSUP, f'{name}: {sentence}') if kind is OSError else kind(f'{name}: {sentence}')
    unavailable.__name__ = unavailable.__qualname__ = name.rpartition('.')[2]
    return unavailable


NO_FORK = 'a running Python cannot be copied here, start another program with subprocess'
NO_POOL = ('there are no worker processes here that share Python objects; '
           'use asyncio, or start another interpreter with subprocess.run([sys.executable, …])')


def install_processes():
    for name in ('fork', 'fork1', 'forkpty'):
        if hasattr(os, name):
            setattr(os, name, refused(f'os.{name}', NO_FORK))
    os.execv, os.execve = with_replacing(os.execv), with_replacing(os.execve)
    for name in ('wait3', 'wait4', 'waitid'):
        if hasattr(os, name):
            delattr(os, name)
    os.getegid, os.geteuid = os.getgid, os.getuid
    for name in ('setuid', 'setgid', 'seteuid', 'setegid', 'setreuid', 'setregid', 'setresuid', 'setresgid'):
        if hasattr(os, name):
            setattr(os, name, staying(getattr(os, name)))
    os.POSIX_SPAWN_OPEN, os.POSIX_SPAWN_CLOSE, os.POSIX_SPAWN_DUP2, os.POSIX_SPAWN_CLOSEFROM = range(4)
    os._spawnvef = spawnvef
    for function in (waitpid, wait, getpid, getppid, abort, killpg, getpgid, getpgrp, getsid, setpgid, setpgrp, setsid,
                     system, set_inheritable, posix_spawn, posix_spawnp, putenv, unsetenv):
        function.__module__ = 'posix'
        setattr(os, function.__name__, function)


# Emscripten's change of identity fails always.

def staying(change):
    def stay(*ids):
        if not ids or any(each not in (-1, os.getuid()) for each in ids):
            change(*ids)
    stay.__name__, stay.__module__ = change.__name__, 'posix'
    return stay


def patch_subprocess(subprocess):
    subprocess._can_fork_exec = True
    subprocess._fork_exec = fork_exec
    names = ('waitpid', 'waitstatus_to_exitcode', 'WIFSTOPPED', 'WSTOPSIG', 'WNOHANG')
    if hasattr(subprocess, '_del_safe'):
        for name in names:
            setattr(subprocess._del_safe, name, getattr(os, name))
        return
    # Up to 3.12 they were defaults of parameters.
    own = {f'_{name}': getattr(os, name) for name in names}
    for method in (subprocess.Popen._internal_poll, subprocess.Popen._handle_exitstatus):
        code, defaults = method.__code__, method.__defaults__
        parameters = code.co_varnames[code.co_argcount - len(defaults):code.co_argcount]
        method.__defaults__ = tuple(own.get(name, value) for name, value in zip(parameters, defaults))


def patch_multiprocessing(context):
    for name in ('Manager', 'Pipe', 'Lock', 'RLock', 'Condition', 'Semaphore', 'BoundedSemaphore', 'Event', 'Barrier',
                 'Queue', 'JoinableQueue', 'SimpleQueue', 'Pool', 'RawValue', 'RawArray', 'Value', 'Array'):
        setattr(context.BaseContext, name, refused(f'multiprocessing.{name}', NO_POOL))
    context.process.BaseProcess.start = refused('multiprocessing.Process', NO_POOL)


# Pools may call their functions at once, in place; but only where that is asked for, or a program would wait for itself.

def in_place():
    return os.environ.get('WASM_ELEMENTS_POOL') == 'inline'


OR_IN_PLACE = 'or set WASM_ELEMENTS_POOL=inline in the environment, and pools call their functions at once'


def call_at_once(futures, function, args, options):
    future = futures._base.Future()
    future.set_running_or_notify_cancel()
    try:
        future.set_result(function(*args, **options))
    except BaseException as error:
        future.set_exception(error)
        if not isinstance(error, Exception):
            raise
    return future


def patch_thread_pool(thread):
    def submit(self, fn, /, *args, **kwargs):
        if not in_place():
            raise RuntimeError(f"can't start new thread: there are no threads here, use asyncio, {OR_IN_PLACE}")
        if self._shutdown:
            raise RuntimeError('cannot schedule new futures after shutdown')
        return call_at_once(thread, fn, args, kwargs)

    thread.ThreadPoolExecutor.submit = submit


def patch_process_pool(process):
    no_pool = refused('ProcessPoolExecutor', f'{NO_POOL}, {OR_IN_PLACE}', NotImplementedError)

    def __init__(self, *args, **options):
        if not in_place():
            no_pool()

    def submit(self, fn, /, *args, **kwargs):
        return call_at_once(process, fn, args, kwargs)

    process.ProcessPoolExecutor.__init__, process.ProcessPoolExecutor.submit = __init__, submit
    process.ProcessPoolExecutor.shutdown = lambda self, wait=True, *, cancel_futures=False: None


install_processes()
for name, patch in (('subprocess', patch_subprocess), ('multiprocessing.context', patch_multiprocessing),
                    ('concurrent.futures.thread', patch_thread_pool),
                    ('concurrent.futures.process', patch_process_pool)):
    when_imported(name, patch)
`;
