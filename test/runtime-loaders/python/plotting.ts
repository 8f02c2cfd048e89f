// test: packages with the surface of matplotlib (3.10) and Pillow (11) that a backend and a viewer touch, for the
// real ones can only be had from their distribution.

const site = '/usr/local/lib/python3.14/site-packages';

/** pyplot asks its backend for a canvas class, and that for its manager, as `matplotlib.pyplot.switch_backend` does. */
export const matplotlib = {
  [`${site}/matplotlib/__init__.py`]: `
import os

__version__ = '3.10.0'


def matplotlib_fname():
    for path in (os.path.join(os.getcwd(), 'matplotlibrc'), os.path.join(os.path.dirname(__file__), 'mpl-data', 'matplotlibrc')):
        if os.path.exists(path):
            return path


class RcParams(dict):
    def __setitem__(self, key, value):
        if key == 'backend' and not (value.startswith('module://') or value in ('agg', 'svg', 'pdf')):
            raise ValueError(f'{value!r} is not a valid value for backend')
        dict.__setitem__(self, key, value)


rcParams = RcParams({'savefig.format': 'png'})
rcParams['backend'] = 'agg'
with open(matplotlib_fname()) as file:
    for line in file:
        key, _, value = line.partition(':')
        rcParams[key.strip()] = value.strip()
if os.environ.get('MPLBACKEND'):
    rcParams['backend'] = os.environ['MPLBACKEND']


def use(backend):
    rcParams['backend'] = backend


def get_backend():
    return rcParams['backend']
`,
  [`${site}/matplotlib/mpl-data/matplotlibrc`]: 'backend: agg\n',
  [`${site}/matplotlib/figure.py`]: `
import struct


class Axes:
    title = xlabel = ylabel = ''
    def set_title(self, text): self.title = text
    def set_xlabel(self, text): self.xlabel = text
    def set_ylabel(self, text): self.ylabel = text
    def get_title(self): return self.title
    def get_xlabel(self): return self.xlabel
    def get_ylabel(self): return self.ylabel


class Figure:
    dpi = 100

    def __init__(self):
        self.axes = []

    def get_suptitle(self):
        return ''

    def savefig(self, file, *, format, dpi=None, bbox_inches=None):
        if format == 'svg':
            file.write(b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')
            return
        size = struct.pack('>II', int(6.4 * dpi), int(4.8 * dpi))
        file.write(b'\\x89PNG\\r\\n\\x1a\\n\\0\\0\\0\\rIHDR' + size)
`,
  [`${site}/matplotlib/_pylab_helpers.py`]: `
import atexit


class Gcf:
    figs = {}

    @classmethod
    def get_all_fig_managers(cls):
        return list(cls.figs.values())

    @classmethod
    def destroy(cls, manager):
        del cls.figs[manager.num]

    @classmethod
    def destroy_all(cls):
        cls.figs.clear()


atexit.register(Gcf.destroy_all)
`,
  [`${site}/matplotlib/backend_bases.py`]: `
import inspect


class FigureManagerBase:
    def __init__(self, canvas, num):
        self.canvas, self.num = canvas, num

    @classmethod
    def pyplot_show(cls, *, block=None):
        pass


class FigureCanvasBase:
    required_interactive_framework = None
    manager_class = FigureManagerBase

    def __init__(self, figure):
        figure.canvas, self.figure = self, figure

    @classmethod
    def new_manager(cls, figure, num):
        return cls.manager_class(cls(figure), num)
`,
  [`${site}/matplotlib/backends/__init__.py`]: '',
  [`${site}/matplotlib/backends/backend_agg.py`]: `
from matplotlib.backend_bases import FigureCanvasBase


class FigureCanvasAgg(FigureCanvasBase):
    pass


FigureCanvas = FigureCanvasAgg
`,
  [`${site}/matplotlib/pyplot.py`]: `
import importlib, inspect
import matplotlib
from matplotlib import _pylab_helpers, rcParams
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.figure import Axes, Figure


def backend():
    name = rcParams['backend']
    module = name.removeprefix('module://') if name.startswith('module://') else 'matplotlib.backends.backend_agg'
    module = importlib.import_module(module)
    canvas = module.FigureCanvas
    if getattr(module, 'new_figure_manager', None) is not None or getattr(module, 'show', None) is not None:
        raise NotImplementedError('the classical way')
    vars(module)['FigureCanvas']
    return canvas


def get_backend():
    return rcParams['backend']


def figure():
    number = len(_pylab_helpers.Gcf.figs) + 1
    figure = Figure()
    _pylab_helpers.Gcf.figs[number] = backend().new_manager(figure, number)
    return figure


def subplots():
    made = figure()
    made.axes.append(Axes())
    return made, made.axes[0]


def get_fignums():
    return sorted(_pylab_helpers.Gcf.figs)


def show(*, block=None):
    manager = backend().manager_class
    if inspect.getattr_static(manager, 'pyplot_show') is not inspect.getattr_static(FigureManagerBase, 'pyplot_show'):
        manager.pyplot_show(block=block)
`,
};

export const pillow = {
  [`${site}/PIL/__init__.py`]: '',
  [`${site}/PIL/Image.py`]: `
class Image:
    def __init__(self, size):
        self.size = size

    def __repr__(self):
        return '<PIL image %dx%d>' % self.size

    def _repr_png_(self):
        return b'\\x89PNG'

    def _repr_jpeg_(self):
        return b'\\xff\\xd8\\xff'

    def show(self, title=None):
        from . import ImageShow
        ImageShow.show(self, title=title)


def new(mode, size):
    return Image(size)
`,
  [`${site}/PIL/ImageShow.py`]: `
_viewers = []


def register(viewer, order=1):
    if isinstance(viewer, type) and issubclass(viewer, Viewer):
        viewer = viewer()
    _viewers.append(viewer) if order > 0 else _viewers.insert(0, viewer)


def show(image, title=None, **options):
    return any(viewer.show(image, title=title, **options) for viewer in _viewers)


class Viewer:
    def show(self, image, **options):
        return self.show_image(image, **options)


class Program(Viewer):
    def show_image(self, image, **options):
        raise OSError('no program to show images')


register(Program)
`,
};
