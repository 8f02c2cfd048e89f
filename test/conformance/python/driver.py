# Runs one module of CPython's own test suite and writes how every test ended, as JSON lines, to the file
# argv[2] names: ["pass"|"fail"|"error"|"skip", test, reason]. Run the same way on every interpreter. A test that takes
# longer than LIMIT is cut short where there is a SIGALRM; those named in argv after "without" are not run.
import json, os, signal, sys, unittest

LIMIT = 20

sys.path.insert(0, sys.argv[3])
name, out = sys.argv[1], open(sys.argv[2], 'w')


def tell(kind, test, why=''):
    out.write(json.dumps([kind, str(test), why]) + '\n')
    out.flush()


def last(trace):
    # A child's own errors stand between lines of dashes.
    lines = [line for line in trace.splitlines() if line.strip(' -')]
    return lines[-1].strip()[:300] if lines else ''


class TooLong(Exception):
    pass


def cut_short(*_):
    raise TooLong(f'it had not ended after {LIMIT} s')


def limit(seconds):
    # Again and again: what catches the first may hang in its turn.
    try:
        signal.signal(signal.SIGALRM, cut_short)
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds and 5)
    except (AttributeError, OSError):
        pass


class Result(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        tell('begin', test.id())
        limit(LIMIT)

    def stopTest(self, test):
        limit(0)
        super().stopTest(test)

    def addSuccess(self, test):
        tell('pass', test.id())

    def addError(self, test, err):
        tell('error', test.id(), last(self._exc_info_to_string(err, test)))

    def addFailure(self, test, err):
        tell('fail', test.id(), last(self._exc_info_to_string(err, test)))

    def addSkip(self, test, reason):
        tell('skip', test.id(), reason)

    def addExpectedFailure(self, test, err):
        tell('pass', test.id())

    def addUnexpectedSuccess(self, test):
        tell('fail', test.id(), 'unexpected success')

    def addSubTest(self, test, subtest, err):
        if err is not None:
            tell('fail', subtest.id(), last(self._exc_info_to_string(err, test)))


from test import support

# The suite takes it from the platform's name that there is nothing of the sort on Emscripten.
if 'processes' in sys.argv:
    support.has_subprocess_support = support.has_socket_support = True
    os.environ['PYTHONPATH'] = sys.argv[3]  # children import from the suite, too

without = sys.argv[sys.argv.index('without') + 1:] if 'without' in sys.argv else []


def remaining(suite):
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            each._tests = list(remaining(each))
        elif each.id() in without:
            continue
        yield each


support.use_resources = {}
support.verbose = False
try:
    suite = unittest.defaultTestLoader.loadTestsFromName('test.' + name)
    suite._tests = list(remaining(suite))
    suite.run(Result())
except unittest.SkipTest as error:
    tell('skip', name, str(error))
except BaseException as error:
    tell('error', name, f'{type(error).__name__}: {error}')
tell('done', name)
out.close()
