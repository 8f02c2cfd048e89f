// runtime-loaders/python: installed packages, in Python, and `pip`. Runs after `python-side.ts`, in the same namespace.
// What is installed lies in the sandbox's tree, put there by the page (kernel-core/client/wheels).

export const pythonPackages = String.raw`
from importlib.machinery import (
    EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader, SourcelessFileLoader)
from _pyodide import _importhook

SITE_PACKAGES = f'/usr/local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages'


def add_site_packages():
    if SITE_PACKAGES in sys.path:
        return
    if os.path.isdir(SITE_PACKAGES):
        import site
        site.addsitedir(SITE_PACKAGES)  # and what its .pth files add
    else:
        sys.path.append(SITE_PACKAGES)


# What is imported of a package is kept compiled beside it, as CPython does everywhere; here only there, for a program's
# own folder shows its files to the reader. The page looks for it (kernel-core/client/wheels/compiled.ts).

class PackageLoader(SourceFileLoader):
    def get_code(self, name):
        before, sys.dont_write_bytecode = sys.dont_write_bytecode, False
        try:
            return super().get_code(name)
        finally:
            sys.dont_write_bytecode = before


def find_in_packages(path):
    if not (path + '/').startswith(SITE_PACKAGES + '/') or not os.path.isdir(path):
        raise ImportError('not a folder of packages', path=path)
    return FileFinder(path, (ExtensionFileLoader, EXTENSION_SUFFIXES), (PackageLoader, ['.py']),
                      (SourcelessFileLoader, ['.pyc']))


def add_hint(error):
    name = (error.name or '').partition('.')[0]
    package = _importhook.REPODATA_PACKAGES_IMPORT_TO_PACKAGE_NAME.get(name)
    if package is not None:
        error.add_note(f"The package '{package}' is not installed. On a page, packages=\"{package}\" installs it; "
                       f"in a shell, pip install {package}.")
    elif name in sys.stdlib_module_names:
        error.add_note(f"The standard library's '{name}' cannot work in a browser and is left out here.")


# pip: what of it a sandbox can do. A real one that is installed goes first.

PIP_SOURCES = {'pip': '', 'pip.__main__': 'import sys\nfrom pip import main\nsys.exit(main())\n'}
PIP_USAGE = '''Usage: pip install [-r FILE] [-q] NAME[==VERSION] ...
       pip list | freeze | show NAME ...'''


class PipFinder:
    def find_spec(self, name, path=None, target=None):
        if name not in PIP_SOURCES:
            return None
        from importlib.machinery import ModuleSpec
        return ModuleSpec(name, self, origin=FILE, is_package=name == 'pip')

    def create_module(self, spec):
        return None

    def get_code(self, name):
        return compile(PIP_SOURCES[name], FILE, 'exec')

    def exec_module(self, module):
        module.main = pip
        exec(self.get_code(module.__name__), module.__dict__)


def pip(args=None):
    command, *args = (sys.argv[1:] if args is None else list(args)) or ['help']
    run = {'install': pip_install, 'list': pip_list, 'freeze': pip_list, 'show': pip_show}.get(command)
    if run is not None:
        return run(command, args)
    if command in ('--version', '-V'):
        print(f'pip of wasm-elements (python {sys.version_info[0]}.{sys.version_info[1]})')
        return 0
    known = command in ('help', '--help', '-h')
    print(PIP_USAGE if known else f'ERROR: pip {command} is not known here.\n{PIP_USAGE}',
          file=sys.stdout if known else sys.stderr)
    return 0 if known else 1


def pip_install(_command, args):
    wanted, quiet = [], False
    args = iter(args)
    for arg in args:
        if arg in ('-r', '--requirement'):
            try:
                wanted += read_requirements(next(args, ''))
            except OSError as error:
                print(f'ERROR: Could not open requirements file: {error}', file=sys.stderr)
                return 1
        elif arg in ('-q', '--quiet'):
            quiet = True
        elif arg in ('-U', '--upgrade', '--user', '--no-input', '--no-cache-dir', '--break-system-packages'):
            pass
        elif arg.startswith('-'):
            print(f'ERROR: pip install {arg} is not known here.', file=sys.stderr)
            return 2
        else:
            wanted.append(arg)
    if not wanted:
        print('ERROR: You must give at least one requirement to install', file=sys.stderr)
        return 1
    try:
        installed = install_packages(wanted)
    except RuntimeError as error:
        print(f'ERROR: {error}', file=sys.stderr)
        return 1
    if not quiet:
        print('Successfully installed ' + ' '.join(each.replace(' ', '-') for each in installed) if installed
              else 'Requirement already satisfied: ' + ' '.join(wanted))
    return 0


def read_requirements(path, within=()):
    with open(path) as file:
        text = file.read()
    found = []
    # A backslash at its end continues a line.
    for line in text.replace('\\\n', ' ').splitlines():
        line = line.partition(' #')[0].strip()
        option, _, name = line.partition(' ')
        other = os.path.join(os.path.dirname(path), name.strip())
        if option in ('-r', '--requirement') and other not in (*within, path):
            found += read_requirements(other, (*within, path))
        elif line and line[0] not in '#-':
            found.append(line)
    return found


def install_packages(wanted):
    flush_output()
    pending = host.installPackages(to_js(wanted)) if can_wait_for_packages() else None
    if pending is None:
        raise RuntimeError('this browser cannot pause Python for a download (it has no JavaScript Promise '
                           'Integration); on a page, packages="…" installs before the program begins')
    until_settled(pending)
    if (error := getattr(pending, 'error', None)) is not None:
        raise RuntimeError(error)
    import importlib
    importlib.invalidate_caches()
    if SITE_PACKAGES in sys.path:
        sys.path.remove(SITE_PACKAGES)
    add_site_packages()
    return list(pending.installed)


def can_wait_for_packages():
    return can_run_sync() or host.canWait


def pip_list(command, _args):
    from importlib.metadata import distributions
    found = sorted({(each.name, each.version) for each in distributions(path=[SITE_PACKAGES])}, key=lambda each: each[0].lower())
    if command == 'list' and found:
        width = max(len('Package'), *(len(name) for name, _ in found))
        print(f'{"Package":{width}} Version\n{"-" * width} -------')
        for name, version in found:
            print(f'{name:{width}} {version}')
    elif command == 'freeze':
        for name, version in found:
            print(f'{name}=={version}')
    return 0


def pip_show(_command, names):
    from importlib.metadata import PackageNotFoundError, metadata
    code = 0
    for name in names:
        try:
            found = metadata(name)
        except PackageNotFoundError:
            print(f'WARNING: Package(s) not found: {name}', file=sys.stderr)
            code = 1
            continue
        for field in ('Name', 'Version', 'Summary', 'Home-page', 'License'):
            print(f'{field}: {found.get(field, "")}'.rstrip())
        print(f'Location: {SITE_PACKAGES}')
    return code


sys.path_hooks.insert(0, find_in_packages)
sys.meta_path.append(PipFinder())
`;
