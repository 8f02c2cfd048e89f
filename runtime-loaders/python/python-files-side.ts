// runtime-loaders/python: files, in Python: what CPython here cannot ask Emscripten for. Runs after
// `python-process-side.ts`, in the same namespace.

export const pythonFiles = String.raw`
def link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True):
    if src_dir_fd is not None or dst_dir_fd is not None:
        raise NotImplementedError('link: dir_fd unavailable on this platform')
    sys.audit('os.link', src, dst, -1, -1)
    source, target = (os.path.join(os.getcwd(), os.fsdecode(each)) for each in (src, dst))
    try:
        ask(host.links.link(source, target, bool(follow_symlinks)))
    except OSError as error:
        raise OSError(error.errno, error.strerror, src, None, dst) from None


link.__module__ = 'posix'
os.link = sys.modules['posix'].link = link
os.supports_follow_symlinks.add(link)


def patch_pathlib(pathlib):
    # Its class was made when there was no os.link.
    def hardlink_to(self, target):
        os.link(target, self)

    hardlink_to.__qualname__, hardlink_to.__module__ = 'Path.hardlink_to', 'pathlib'
    pathlib.Path.hardlink_to = hardlink_to


when_imported('pathlib', patch_pathlib)
`;
