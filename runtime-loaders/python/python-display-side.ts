// runtime-loaders/python: `display` and what else shows more than text, in Python. Runs after `python-side.ts`, in
// the same namespace. Only names and hooks are here, for they are in every snapshot; what they do
// (`python-display.ts`) is compiled when something is shown.

export const pythonDisplay = String.raw`
import builtins


def display(*objects, **options):
    """Shows objects in their richest form: figures, images, tables, whatever has _repr_html_ and the like."""
    return display_part('display_objects')(*objects, **options)


display.__module__ = 'builtins'


def display_part(name):
    if name not in globals():
        exec(compile(host.displaySource, FILE, 'exec'), globals())
    return globals()[name]


def use_display(name):
    return lambda module: display_part(name)(module)


after_import['matplotlib'] = use_display('patch_matplotlib')
after_import['PIL.ImageShow'] = use_display('patch_image_show')
after_import['IPython.core.display_functions'] = use_display('patch_ipython')
builtins.display = display
`;
