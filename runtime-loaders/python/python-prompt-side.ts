// runtime-loaders/python: the prompt of an engine that cannot wait, in Python. Runs in the namespace of `python-side.ts`,
// behind `python-cells-side.ts`; its last line is what the loader calls. CPython's line editor (`_pyrepl`, since 3.14
// without C of its own) is handed what was typed, and so is driven from outside; where there is none, the terminal edits.
// Must always hold: what is typed runs in `run` alone, and nothing here reads.

/** CPython's own `input` reads from a terminal by itself, and knows no reason why it got nothing. */
export const pythonInput = String.raw`
import builtins


def input_from_stream(prompt='', /):
    flush_output()
    print(prompt, end='', flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError('EOF when reading a line')
    return line.removesuffix('\n')


input_from_stream.__name__ = input_from_stream.__qualname__ = 'input'
builtins.input = input_from_stream
`;

/** What `typed` and `run` answer in place of an exit code. */
export const promptAnswers = { more: -1, ready: -2 } as const;

export interface Prompt {
  /** More was typed, as text of bytes; undefined: the end. */
  typed(text: string | undefined): number;
  /** Begins to ask. */
  ask(): void;
  /** Runs what is ready; `ask` and `typed` go on. */
  run(): number;
  interrupted(): void;
  /** The terminal has another size. */
  resized(): void;
  /** The process was stopped, and goes on. */
  continued(): void;
}

export const pythonPrompt = String.raw`
from codeop import CommandCompiler

MORE, READY = -1, -2
PASTE, PASTE_END = b'\x1b[200~', b'\x1b[201~'


class LinePrompt:
    """Lines that the terminal edits."""

    def __init__(self):
        self.compile = CommandCompiler()
        self.rest = b''
        self.lines = []
        self.ready = None
        self.count = 0

    def ask(self):
        tell_prompt(prompt_text('ps2' if self.lines else 'ps1'))

    def typed(self, text):
        if text is None:
            if not self.lines and not self.rest:
                tell_prompt('\n')
                return 0
            text = '\n'  # what was begun ends there
        self.rest += text.encode('latin-1')
        while b'\n' in self.rest:
            line, _, self.rest = self.rest.partition(b'\n')
            self.lines.append(line.decode('utf-8', 'replace'))
            source = '\n'.join(self.lines)
            name = f'<python-input-{self.count}>'
            try:
                code = self.compile(source, name, 'single')
            except (OverflowError, SyntaxError, ValueError) as error:
                self.lines.clear()
                tell_uncaught(error.with_traceback(None))
            else:
                if code is not None:
                    self.lines.clear()
                    self.ready = code, name, source
                    return READY
            self.ask()
        return MORE

    def run(self):
        code, name, source = self.ready
        self.count += 1
        cell_names.add(name)
        linecache.cache[name] = len(source), None, [line + '\n' for line in source.split('\n')], name
        try:
            eval(code, main_names)
        except SystemExit as error:
            return exit_code(error.code)
        except BaseException as error:
            tell_uncaught(error)
        return MORE

    def interrupted(self):
        self.lines.clear()
        self.rest = b''
        tell_prompt('\nKeyboardInterrupt\n')
        self.ask()

    def resized(self):
        pass

    def continued(self):
        self.ask()


class KeyPrompt:
    """Keys, which CPython's own line editor takes."""

    def __init__(self):
        from functools import partial
        from _pyrepl import readline, simple_interact
        from _pyrepl.console import Event, InteractiveColoredConsole
        self.readline, self.simple_interact, self.event = readline, simple_interact, Event
        self.console = InteractiveColoredConsole(main_names, filename='<stdin>')
        own_input = builtins.input
        readline._setup(main_names)
        builtins.input = own_input  # the other one waits for a key
        self.reader = readline._get_reader()
        self.reader.more_lines = partial(simple_interact._more_lines, self.console)
        self.screen = self.reader.console
        self.screen.wait = lambda timeout=None: not self.screen.event_queue.empty()
        self.screen.getpending = self.rest_of_paste
        self.rest = bytearray()
        self.count = 0

    def ask(self):
        reader = self.reader
        reader.ps1 = reader.ps2 = prompt_text('ps1')
        reader.ps3, reader.ps4 = prompt_text('ps2'), ''
        flush_output()
        reader.prepare()
        reader.refresh()

    def typed(self, text):
        if text is None:
            self.reader.restore()
            return 0
        self.rest += text.encode('latin-1')
        events = self.screen.event_queue
        while self.rest:
            if self.rest.startswith(PASTE) and PASTE_END not in self.rest:
                break
            self.screen.push_char(self.rest.pop(0))
            while not events.empty():
                try:
                    self.reader.handle1(block=False)
                except EOFError:
                    self.reader.restore()
                    return 0
                if self.reader.finished:
                    self.reader.restore()
                    return READY
        return MORE

    def rest_of_paste(self):
        end = self.rest.find(PASTE_END)
        end = len(self.rest) if end < 0 else end
        raw = bytes(self.rest[:end])
        del self.rest[:end + len(PASTE_END)]
        # There is always an end, or the editor would look for it for ever.
        return self.event('key', raw.decode('utf-8', 'replace') + PASTE_END.decode(), raw)

    def run(self):
        statement = self.reader.get_unicode()
        try:
            if not self.has_run_command(statement.strip()):
                name = f'<python-input-{self.count}>'
                self.count += 1
                cell_names.add(name)
                source = self.simple_interact._strip_final_indent(statement)
                self.console.push(source, filename=name, _symbol='single')
                self.keep_history()
        except SystemExit as error:
            return exit_code(error.code)
        except BaseException:
            self.console.showtraceback()
            self.console.resetbuffer()
        return MORE

    def has_run_command(self, word):
        """Words like exit, which need no parentheses."""
        commands = self.simple_interact.REPL_COMMANDS
        if word in main_names or word not in commands:
            return False
        self.reader.history.pop()
        with self.reader.suspend_history():
            commands[word]()
        return True

    def keep_history(self):
        try:
            self.readline.append_history_file()
        except OSError:
            pass  # the disk is full, or the home is gone

    def interrupted(self):
        reader = self.reader
        self.rest.clear()
        reader.restore()
        reader.cmpltn_reset()
        if reader.input_trans is reader.isearch_trans:
            reader.do_cmd(('isearch-end', ['']))
        reader.pos = len(reader.get_unicode())
        reader.dirty = True
        reader.refresh()
        tell_prompt('\nKeyboardInterrupt\n')
        self.console.resetbuffer()
        self.ask()

    def resized(self):
        self.screen.height, self.screen.width = self.screen.getheightwidth()
        self.screen.event_queue.insert(self.event('resize', None))
        self.reader.handle1(block=False)

    def continued(self):
        self.screen.restore()
        self.screen.prepare()
        self.reader.dirty = True
        self.reader.refresh()


def begin_prompt(quiet):
    sys.path.insert(0, '')
    if not quiet:
        tell_prompt(f'Python {sys.version} on {sys.platform}\n'
                    'Type "help", "copyright", "credits" or "license" for more information.\n')
    for name, text in (('ps1', '>>> '), ('ps2', '... ')):
        if not hasattr(sys, name):
            setattr(sys, name, text)
    run_startup(os.environ.get('PYTHONSTARTUP'))
    return KeyPrompt() if can_edit() else LinePrompt()


def can_edit():
    if sys.version_info < (3, 14) or os.environ.get('PYTHON_BASIC_REPL'):
        return False
    from _pyrepl.main import CAN_USE_PYREPL
    return CAN_USE_PYREPL


def run_startup(path):
    if not path:
        return
    try:
        with open(path, 'rb') as file:
            source = file.read()
    except OSError as error:
        tell_prompt(f'Could not open PYTHONSTARTUP\n{type(error).__name__}: {error}\n')
        return
    run_source(source.decode('utf-8', 'replace'), path)


def prompt_text(name):
    try:
        return str(getattr(sys, name))
    except Exception:
        return ''


def tell_prompt(text):
    flush_output()
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (AttributeError, ValueError, OSError):
        pass  # replaced, closed, or nobody reads


begin_prompt
`;
