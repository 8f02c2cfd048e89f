// runtime-loaders/python: sockets, in Python: what CPython here cannot ask Emscripten for, and servers that would
// want a thread for each connection. Runs after `python-process-side.ts`, in the same namespace.

export const pythonSockets = String.raw`
def patch_socket(socket):
    SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO = socket.SO_LINGER, socket.SO_RCVTIMEO, socket.SO_SNDTIMEO

    def number_of(level, option, value):
        if not isinstance(value, (bytes, bytearray, memoryview)):
            return index(value)
        words = [int.from_bytes(value[at:at + 4], 'little', signed=True) for at in range(0, len(value), 4)]
        if level == socket.SOL_SOCKET and option == SO_LINGER and len(words) >= 2:
            return words[1] if words[0] else -1
        if level == socket.SOL_SOCKET and option in (SO_RCVTIMEO, SO_SNDTIMEO) and len(words) >= 2:
            # struct timeval, of 32 or 64-bit numbers.
            return words[0] * 1000 + -(-words[len(words) // 2] // 1000)
        if not words:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return words[0]

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        try:
            make(self, family, type, proto, fileno)
        except OSError as error:
            if error.errno != errno.ENOTSUP:
                raise
            raise OSError(errno.ENOTSUP, host.processes.refusal) from None

    def setsockopt(self, level, option, value, optlen=None):
        ask(host.sockets.setOption(self.fileno(), index(level), index(option), number_of(level, option, value)))

    def getaddrinfo(name, port, family=0, type=0, proto=0, flags=0):
        try:
            return resolve(name, port, family, type, proto, flags)
        except socket.gaierror as error:
            if error.errno != socket.EAI_NONAME or not name or port is None and flags == 0:
                raise
        name = name.decode() if isinstance(name, bytes) else name
        raise socket.gaierror(socket.EAI_NONAME, f'{name}: sockets reach servers in this sandbox only (127.0.0.1, '
                              'localhost); urllib.request and pyodide.http reach what the page has granted')

    # CPython leaves these out where Emscripten makes the sockets.
    for module in (socket, socket._socket):
        module.SO_REUSEADDR, module.SO_REUSEPORT = 2, 15
    make, resolve = socket.socket.__init__, socket.getaddrinfo
    getaddrinfo.__module__ = 'socket'
    socket.getaddrinfo = getaddrinfo
    socket.socket.__init__, socket.socket.setsockopt = __init__, setsockopt


def patch_socketserver(socketserver):
    def process_request(self, request, client_address):
        # There are no threads: one connection after the other.
        self.process_request_thread(request, client_address)

    socketserver.ThreadingMixIn.process_request = process_request


for name, patch in (('socket', patch_socket), ('socketserver', patch_socketserver)):
    when_imported(name, patch)
`;
