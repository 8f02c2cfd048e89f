// runtime-loaders/python: signal and os.kill, in Python. Runs after `python-process-side.ts`, in the same
// namespace. CPython's own table of handlers stays the truth; the kernel is told what it has to know of it.

export const pythonSignals = String.raw`
def install_signals():
    import _signal, math, signal

    catch, raise_here = _signal.signal, _signal.raise_signal
    IGNORE = _signal.SIG_IGN
    RANGE = range(1, _signal.NSIG)

    def check(code):
        if code:
            raise OSError(code, os.strerror(code))

    def must_arrive(name):
        if not host.signals.possible:
            raise OSError(errno.ENOTSUP, f'{name}: no signal can reach a Python program that runs in this browser '
                          '(it has no JavaScript Promise Integration and the page is not cross-origin isolated)')

    def set_handler(signalnum, handler, /):
        if signalnum in (_signal.SIGKILL, _signal.SIGSTOP):
            check(errno.EINVAL)
        before = catch(signalnum, handler)
        if tell(index(signalnum)) == IGNORE:
            host.signals.release(index(signalnum))
        return before

    def tell(number):
        # One that is blocked is the kernel's to deliver all the same, and waits here.
        now = _signal.getsignal(number)
        host.signals.set(number, 2 if callable(now) or number in blocked else 1 if now == IGNORE else 0)
        return now

    def raise_signal(signalnum, /):
        signalnum = index(signalnum)
        if signalnum in blocked:
            return host.signals.hold(signalnum)
        now = _signal.getsignal(signalnum) if signalnum in RANGE else None
        if callable(now) or signalnum not in RANGE:
            return raise_here(signalnum)
        if now != IGNORE:
            send(host.signals.pid, signalnum)

    def send(pid, signalnum):
        flush_output()
        pending = host.signals.kill(pid, signalnum, can_run_sync())
        check(until_settled(pending).errno)

    def kill(pid, signal, /):
        pid, signalnum = index(pid), index(signal)
        sys.audit('os.kill', pid, signalnum)
        if pid == host.signals.pid and signalnum in RANGE:
            return raise_signal(signalnum)
        send(pid, signalnum)

    # The kernel has one timer for each process. What is left of it is known here.
    due, every = 0.0, 0.0

    def getitimer(which, /):
        if which != _signal.ITIMER_REAL:
            raise signal.ItimerError(errno.EINVAL, os.strerror(errno.EINVAL))
        left = due - time.monotonic() if due else 0.0
        if left <= 0 and due:
            left = every - -left % every if every else 0.0
        return left, every

    def setitimer(which, seconds, interval=0.0, /):
        nonlocal due, every
        before = getitimer(which)
        if not 0 <= seconds < MOST_MS / 1000 or not 0 <= interval < MOST_MS / 1000:
            raise signal.ItimerError(errno.EINVAL, os.strerror(errno.EINVAL))
        if seconds:
            must_arrive('setitimer')
        host.signals.alarm(math.ceil(seconds * 1000), math.ceil(interval * 1000))
        due, every = (time.monotonic() + seconds, float(interval)) if seconds else (0.0, 0.0)
        return before

    def alarm(seconds, /):
        return math.ceil(setitimer(_signal.ITIMER_REAL, index(seconds))[0])

    def pause():
        must_arrive('pause')
        flush_output()
        before = host.signals.handed
        while host.signals.handed == before:
            host.signals.pause(True)
            select.poll().poll()
            check_signals()

    # The signals that are blocked, of the one thread there is.
    blocked = frozenset()
    CHANGES = {_signal.SIG_BLOCK: frozenset.union, _signal.SIG_UNBLOCK: frozenset.difference,
               _signal.SIG_SETMASK: lambda _before, given: given}

    def inherit():
        nonlocal blocked
        blocked = frozenset(host.signals.blocked)

    at_begin.append(inherit)

    def members(sigset):
        numbers = frozenset(map(index, sigset))
        for each in numbers:
            if each not in RANGE:
                raise ValueError(f'signal number {each} out of range [1; {_signal.NSIG - 1}]')
        return numbers

    def block(now):
        nonlocal blocked
        before, blocked = blocked, now - {_signal.SIGKILL, _signal.SIGSTOP}
        host.signals.block(to_js(sorted(blocked)))
        for each in sorted(before ^ blocked):
            if each < 32:
                tell(each)
            if each not in blocked and host.signals.release(each):
                raise_signal(each)
        check_signals()
        return before

    def pthread_sigmask(how, mask, /):
        if how not in CHANGES:
            check(errno.EINVAL)
        return set(block(CHANGES[how](blocked, members(mask))))

    def sigpending():
        return set(host.signals.held())

    def await_one(name, sigset, seconds=None):
        wanted = members(sigset)
        flush_output()
        end = None if seconds is None else monotonic() + seconds
        before = block(blocked | wanted)
        try:
            while True:
                host.signals.pause(True)
                for each in sorted(wanted):
                    if host.signals.release(each):
                        return each
                must_arrive(name)
                left = None if end is None else end - monotonic()
                if left is not None and left <= 0:
                    return None
                select.poll().poll(left and math.ceil(left * 1000))
                check_signals()
        finally:
            host.signals.pause(False)
            block(before)

    def sigwait(sigset, /):
        return await_one('sigwait', sigset)

    def described(number):
        return number and _signal.struct_siginfo((number, 0, 0, 0, os.getuid(), 0, 0))

    def sigwaitinfo(sigset, /):
        return described(await_one('sigwaitinfo', sigset))

    def sigtimedwait(sigset, timeout, /):
        if timeout < 0:
            raise ValueError('timeout must be non-negative')
        return described(await_one('sigtimedwait', sigset, timeout))

    def pthread_kill(thread_id, signalnum, /):
        if thread_id != _thread.get_ident():
            check(errno.ESRCH)
        sys.audit('signal.pthread_kill', thread_id, signalnum)
        if index(signalnum):
            raise_signal(signalnum)

    def publish(owner, *functions):
        for each in functions:
            each.__module__, each.__qualname__ = owner.__name__, each.__name__
            setattr(owner, each.__name__, each)

    set_handler.__name__ = 'signal'
    itimer_error = type('itimer_error', (OSError,), {'__module__': 'signal'})
    for name, value in (('ITIMER_REAL', 0), ('ITIMER_VIRTUAL', 1), ('ITIMER_PROF', 2), ('ItimerError', itimer_error)):
        for module in (_signal, signal):
            if not hasattr(module, name):
                setattr(module, name, value)
    own = [raise_signal, getitimer, setitimer, alarm, pause]
    # These go through the standard library's own, which makes enumerations of numbers.
    publish(_signal, set_handler, pthread_sigmask, sigpending, sigwait)
    own += [each for each in (sigwaitinfo, sigtimedwait, pthread_kill) if hasattr(signal, each.__name__)]
    publish(_signal, *own)
    for each in own:
        each.__module__ = 'signal'
        setattr(signal, each.__name__, each)
    publish(sys.modules['posix'], kill)
    os.kill = kill


install_signals()
`;
