// runtime-loaders/python: how Python's objects are shown (docs/reference/rich-output.md): as IPython would, in an
// escape sequence on standard output, where whoever started the program understands that; as text anywhere else.
// Runs in the namespace of `python-side.ts` when something is shown for the first time.

/** Set where standard output is shown with objects: `rich`, or `last` for the value of the last expression, too. */
export const displayVariable = 'WASM_ELEMENTS_DISPLAY';

export const pythonDisplayPart = String.raw`
import binascii, json, weakref

# In the order of preference; of the images one is enough.
FORMS = (
    ('text/html', '_repr_html_'), ('text/markdown', '_repr_markdown_'), ('text/latex', '_repr_latex_'),
    ('image/svg+xml', '_repr_svg_'), ('image/png', '_repr_png_'), ('image/jpeg', '_repr_jpeg_'))
shown_figures = weakref.WeakSet()


def display_objects(*objects, include=None, exclude=None, metadata=None, transient=None, display_id=None, raw=False,
                    clear=False, **options):
    if clear or display_id is not None:
        raise NotImplementedError('display cannot change or clear here what it has shown: '
                                  'leave out clear and display_id')
    for each in objects:
        if raw:
            data, details = dict(each), {}
        else:
            data, details = forms_of(each, include, exclude)
        for kind, value in (metadata or {}).items():
            details[kind] = {**details.get(kind, {}), **value} if isinstance(value, dict) else value
        publish(data, details)


def forms_of(value, include=None, exclude=None):
    data, details = {}, {}

    def wanted(kind):
        return (include is None or kind in include) and (exclude is None or kind not in exclude)

    def add(kind, form):
        if isinstance(form, tuple) and len(form) == 2 and isinstance(form[1], dict):
            form, details[kind] = form
        name = dict(FORMS).get(kind)
        if form is None:
            pass
        elif name is None or isinstance(form, (str, bytes, bytearray) if kind.startswith('image/') else str):
            data[kind] = form
        else:
            tell_wrong(value, name, form, 'a str')

    if is_figure(value):
        if wanted('image/png') or wanted('image/svg+xml'):
            add(*form_of_figure(value))
    elif not isinstance(value, type):
        bundle = ask_form(value, '_repr_mimebundle_', include=include, exclude=exclude)
        if isinstance(bundle, tuple):
            bundle, more = (*bundle, None, None)[:2]
            details.update(more if isinstance(more, dict) else {})
        if bundle is not None and not isinstance(bundle, dict):
            tell_wrong(value, '_repr_mimebundle_', bundle, 'a dict')
            bundle = None
        for kind, form in (bundle or {}).items():
            if wanted(kind):
                add(kind, form)
        for kind, name in FORMS:
            has_image = any(each.startswith('image/') for each in data)
            if kind not in data and wanted(kind) and not (has_image and kind.startswith('image/')):
                add(kind, ask_form(value, name))
    if 'text/plain' not in data:
        data['text/plain'] = repr(value)
    return data, details


def tell_wrong(value, name, form, wanted):
    print(f'{type(value).__name__}.{name}() returned {type(form).__name__}, not {wanted}; it is left out.',
          file=sys.stderr)


def ask_form(value, name, **options):
    if getattr(value, '_no_such_method_wasm_elements_', None) is not None:
        return None  # it has whatever it is asked for
    method = getattr(value, name, None)
    if not callable(method):
        return None
    try:
        return method(**options)
    except NotImplementedError:
        return None
    except Exception as error:
        # As IPython does: told, and the other forms are tried.
        sys.__excepthook__(type(error), error, error.__traceback__)
        return None


def is_rich():
    return os.environ.get('WASM_ELEMENTS_DISPLAY') and sys.stdout is sys.__stdout__ and sys.stdout is not None


def publish(data, details):
    plain = data.get('text/plain')
    if not is_rich() or set(data) == {'text/plain'}:
        print(next(iter(data.values()), '') if plain is None else plain)
        return
    image = [kind for kind in data if kind.startswith('image/') and isinstance(data[kind], (bytes, bytearray))]
    if image and set(data) <= {image[0], 'text/plain'}:
        # Base64 once, not twice.
        facts = {'alt': plain, **details.get(image[0], {})}
        words = [image[0], *(f'{name}={quote(str(facts[name]))}' for name in ('alt', 'width', 'height')
                             if facts.get(name) is not None)]
        send(';'.join(words), data[image[0]])
        return
    data = {kind: binascii.b2a_base64(form, newline=False).decode() if isinstance(form, (bytes, bytearray)) else form
            for kind, form in data.items()}
    send('bundle', json.dumps({'data': data, 'metadata': details}, default=str).encode())


def quote(text):
    return ''.join(each if each.isalnum() and each.isascii() else ''.join(f'%{byte:02X}' for byte in each.encode())
                   for each in text[:2000])


def send(header, body):
    flush_output()
    sys.stdout.buffer.write(b'\x1b]7747;' + header.encode() + b':' + binascii.b2a_base64(body, newline=False) + b'\x07')
    sys.stdout.flush()


# matplotlib.

def is_figure(value):
    module = sys.modules.get('matplotlib.figure')
    return module is not None and isinstance(value, module.Figure)


def form_of_figure(figure):
    import matplotlib
    shown_figures.add(figure)
    alt = describe_figure(figure)
    if matplotlib.rcParams.get('savefig.format') == 'svg':
        buffer = io.BytesIO()
        figure.savefig(buffer, format='svg', bbox_inches='tight')
        return 'image/svg+xml', (buffer.getvalue().decode(), {'alt': alt})
    buffer = io.BytesIO()
    # Two dots for one of the page: sharp on most screens.
    figure.savefig(buffer, format='png', dpi=2 * figure.dpi, bbox_inches='tight')
    png = buffer.getvalue()
    width, height = int.from_bytes(png[16:20], 'big'), int.from_bytes(png[20:24], 'big')
    return 'image/png', (png, {'alt': alt, 'width': width / 2, 'height': height / 2})


def describe_figure(figure):
    def text(value, name):
        get = getattr(value, name, None)
        return (get() or '').strip() if get is not None else ''

    parts = [text(figure, 'get_suptitle')]
    for axes in figure.axes:
        labels = [each for each in (text(axes, 'get_ylabel'), text(axes, 'get_xlabel')) if each]
        parts.append(': '.join(each for each in (text(axes, 'get_title'), ' over '.join(labels)) if each))
    return 'Figure' + ''.join(f'{"; " if index else ": "}{part}' for index, part in enumerate(filter(None, parts)))


def patch_matplotlib(matplotlib):
    # A choice of the program's own, or of its reader's, goes first: MPLBACKEND, a matplotlibrc, matplotlib.use.
    if not os.environ.get('WASM_ELEMENTS_DISPLAY') or os.environ.get('MPLBACKEND') or has_own_backend(matplotlib):
        return
    sys.modules[BACKEND] = Backend(BACKEND)
    matplotlib.rcParams['backend'] = 'module://' + BACKEND


def has_own_backend(matplotlib):
    path = matplotlib.matplotlib_fname()
    if path.startswith(os.path.dirname(matplotlib.__file__) + '/'):
        return False
    try:
        with open(path) as file:
            return any(line.partition(':')[0].strip() == 'backend' for line in file)
    except OSError:
        return False


def show_figures(again=True):
    ours = vars(sys.modules[BACKEND]).get('FigureManager')
    if ours is None:
        return  # matplotlib has never asked for it
    from matplotlib._pylab_helpers import Gcf
    managers = [each for each in Gcf.get_all_fig_managers() if isinstance(each, ours)]
    for manager in managers:
        if again or manager.canvas.figure not in shown_figures:
            display_objects(manager.canvas.figure)
        Gcf.destroy(manager)


BACKEND = '_wasm_elements_matplotlib'


class Backend(type(sys)):
    """The module of our backend, made when matplotlib asks for it."""

    def __getattr__(self, name):
        if name not in ('FigureCanvas', 'FigureManager'):
            raise AttributeError(f'module {BACKEND!r} has no attribute {name!r}')
        from matplotlib.backend_bases import FigureManagerBase
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        class FigureManager(FigureManagerBase):
            def show(self):
                display_objects(self.canvas.figure)

            @classmethod
            def pyplot_show(cls, *, block=None):
                show_figures()

        class FigureCanvas(FigureCanvasAgg):
            manager_class = FigureManager

        # Before matplotlib's own, which closes them all.
        atexit.register(show_figures, again=False)
        self.FigureManager, self.FigureCanvas = FigureManager, FigureCanvas
        return getattr(self, name)


# PIL's Image.show, and IPython's display where that is installed but does not run the program.

def patch_image_show(image_show):
    class Viewer(image_show.Viewer):
        def show(self, image, **options):
            display_objects(image)
            return 1

    if os.environ.get('WASM_ELEMENTS_DISPLAY'):
        image_show.register(Viewer, 0)


def patch_ipython(functions):
    functions.display = display
`;

/**
 * Runs a file of Python as CPython does, and shows the value of its last expression. How it ends is told as of a cell
 * (`python-cells-side.ts`).
 */
export const pythonLastExpression = String.raw`
def run_and_show_last(path, folder):
    import builtins
    from importlib.machinery import SourceFileLoader
    if os.environ.get('WASM_ELEMENTS_DISPLAY') == 'last':
        os.environ['WASM_ELEMENTS_DISPLAY'] = 'rich'  # what it starts is another program
    sys.path.insert(0, folder)
    names = sys.modules['__main__'].__dict__
    names.update(__file__=path, __loader__=SourceFileLoader('__main__', path), __builtins__=builtins)
    cell_names.add(path)
    try:
        with open(path, 'rb') as file:
            source = file.read()
    except OSError as error:
        print(f"{sys.executable}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        return 2
    try:
        try:
            body, last = split_last_expression(source, path)
            exec(body, names)
            if last is not None:
                value = eval(last, names)
                if value is not None:
                    display(value)
        finally:
            flush_output()
    except SystemExit as error:
        return exit_code(error.code)
    except BaseException as error:
        return tell_uncaught(error)
    return 0


def split_last_expression(source, name, flags=0):
    """The code of all but the last expression, and that; a semicolon after it keeps it from being shown, as in IPython."""
    import ast
    tree = compile(source, name, 'exec', flags | ast.PyCF_ONLY_AST, True)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return compile(tree, name, 'exec', flags, True), None
    line = (source if isinstance(source, bytes) else source.encode()).splitlines()[last.end_lineno - 1]
    if line[last.end_col_offset:].lstrip().startswith(b';'):
        return compile(tree, name, 'exec', flags, True), None
    del tree.body[-1]
    body = compile(tree, name, 'exec', flags, True)
    future = body.co_flags & 0x1fe0000  # from __future__ import …
    return body, compile(ast.Expression(last.value), name, 'eval', flags | future, True)


run_and_show_last
`;
