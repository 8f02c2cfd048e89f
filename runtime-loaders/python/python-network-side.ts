// runtime-loaders/python: HTTP over the sandbox's grant, in Python. Runs after `python-side.ts`, in the same namespace.
// Sockets reach this sandbox only. So urllib's handlers ask the page, and what http.client, urllib3 (requests) and httpcore
// (httpx) connect to elsewhere is no socket but a `WebStream`, which asks the page when the answer is read.

export const pythonNetwork = String.raw`
def is_local(name):
    name = name.decode() if isinstance(name, bytes) else name
    return name in ('localhost', '::1', '') or name.startswith('127.')


def request_page(method, url, headers, body):
    return host.beginRequest(method, url, to_js([word for pair in headers for word in pair]),
                             None if body is None else to_js(bytes(body)))


NO_DOWNLOAD = 'this browser cannot pause Python for a download (it has no JavaScript Promise Integration)'
# Of one connection; the page has its own.
HOP_BY_HOP = {'host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'keep-alive'}


class WebStream:
    """What a connection to a server on the web would be. Takes a request whole, and answers with what the page brings."""

    def __init__(self, scheme, name, port, failure=ConnectionError):
        self.scheme, self.failure = scheme, failure
        self.name = name.decode() if isinstance(name, bytes) else name
        self.port = port
        self.sent, self.left = bytearray(), None

    def sendall(self, data, *_flags):
        self.sent += data

    def begin(self):
        head, _, body = bytes(self.sent).partition(b'\r\n\r\n')
        line, *lines = head.decode('latin-1').split('\r\n')
        method, target, _version = line.split(' ', 2)
        fields = [(name, value.strip()) for name, _, value in (each.partition(':') for each in lines)]
        if any(name.lower() == 'transfer-encoding' for name, _ in fields):
            body = b''.join(chunks(body))
        usual = {'http': 80, 'https': 443}[self.scheme]
        place = self.name if self.port in (None, usual) else f'{self.name}:{self.port}'
        url = target if '://' in target else f'{self.scheme}://{place}{target}'
        kept = [(name, value) for name, value in fields if name.lower() not in HOP_BY_HOP]
        return request_page(method, url, kept, body or None)

    def finish(self, pending):
        if (error := getattr(pending, 'error', None)) is not None:
            raise self.failure(error)
        body = pending.body.to_bytes()
        fields = [each for each in pending.headers.split('\r\n')
                  if each and each.partition(':')[0].lower() not in HOP_BY_HOP | {'content-encoding'}]
        lines = [f'HTTP/1.1 {pending.status} {pending.reason}', *fields, f'Content-Length: {len(body)}',
                 'Connection: close', '', '']
        return io.BytesIO('\r\n'.join(lines).encode('latin-1', 'replace') + body)

    def answer(self):
        if self.left is None:
            if not can_run_sync():
                raise self.failure(NO_DOWNLOAD)
            self.left = self.finish(until_settled(self.begin()))
        return self.left

    def makefile(self, *_args, **_options):
        return io.BufferedReader(WebAnswer(self))

    def recv(self, size, *_flags):
        return self.answer().read(size)

    # What a socket has besides.

    def send(self, data, *_flags):
        self.sendall(data)
        return len(data)

    def nothing(self, *_args):
        pass

    settimeout = setsockopt = gettimeout = setblocking = shutdown = close = nothing

    # As httpcore names it.

    def write(self, buffer, timeout=None):
        self.sendall(buffer)

    def read(self, max_bytes, timeout=None):
        return self.recv(max_bytes)

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.scheme = 'https'
        return self

    def get_extra_info(self, info):
        return None


class WebAnswer(io.RawIOBase):
    def __init__(self, stream):
        self.stream = stream

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.stream.answer().readinto(buffer)


class AsyncWebStream:
    def __init__(self, stream):
        self.stream = stream

    async def write(self, buffer, timeout=None):
        self.stream.sendall(buffer)

    async def read(self, max_bytes, timeout=None):
        if self.stream.left is None:
            pending = self.stream.begin()
            await pending.done
            self.stream.left = self.stream.finish(pending)
        return self.stream.left.read(max_bytes)

    async def aclose(self):
        pass

    async def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        self.stream.scheme = 'https'
        return self

    def get_extra_info(self, info):
        return None


def chunks(body):
    while body:
        size, _, body = body.partition(b'\r\n')
        length = int(size.split(b';')[0], 16)
        if length == 0:
            return
        yield body[:length]
        body = body[length + 2:]


def patch_connections(module):
    # http.client's, and urllib3's, which are made of them.
    for name, scheme in (('HTTPConnection', 'http'), ('HTTPSConnection', 'https')):
        if hasattr(connection := getattr(module, name, None), 'connect'):
            connect_by_page(connection, scheme)


def connect_by_page(connection, scheme):
    by_socket = connection.connect

    def connect(self):
        if is_local(self.host) or self._tunnel_host:
            return by_socket(self)
        self.sock = WebStream(scheme, self.host, self.port)
        # urllib3 asks: the browser has looked at the certificate.
        self.is_verified = scheme == 'https'

    connection.connect = connect


def patch_urllib3(emscripten):
    # Its own way needs a main thread with an event loop that is the browser's.
    emscripten.inject_into_urllib3 = lambda: None


def patch_httpcore(backend):
    failure = sys.modules['httpcore._exceptions'].ConnectError
    connect_tcp = backend.SyncBackend.connect_tcp

    def connect(self, host, port, *args, **options):
        return connect_tcp(self, host, port, *args, **options) if is_local(host) else WebStream('http', host, port, failure)

    backend.SyncBackend.connect_tcp = connect


def patch_httpcore_async(backend):
    failure = sys.modules['httpcore._exceptions'].ConnectError
    connect_tcp = backend.AutoBackend.connect_tcp

    async def connect(self, host, port, *args, **options):
        if is_local(host):
            return await connect_tcp(self, host, port, *args, **options)
        return AsyncWebStream(WebStream('http', host, port, failure))

    backend.AutoBackend.connect_tcp = connect


def patch_urllib(request):
    import email, email.policy
    from urllib import parse
    from urllib.error import URLError
    from urllib.response import addinfourl

    def read_body(data):
        if data is None or isinstance(data, (bytes, bytearray, memoryview)):
            return data
        return data.read() if hasattr(data, 'read') else b''.join(data)

    def check_characters(url):
        found = request.http.client._contains_disallowed_url_pchar_re.search(url)
        if found:
            raise request.http.client.InvalidURL(
                f"URL can't contain control characters. {url!r} (found at least {found.group()!r})")

    def open_url(handler, req):
        check_characters(req.host or '')
        check_characters(req.selector)
        if not can_run_sync():
            raise URLError(NO_DOWNLOAD)
        headers = {**req.headers, **req.unredirected_hdrs}
        pending = request_page(req.get_method(), req.full_url, headers.items(), read_body(req.data))
        until_settled(pending)
        if (error := getattr(pending, 'error', None)) is not None:
            raise URLError(error)
        headers = email.message_from_string(pending.headers, policy=email.policy.compat32)
        response = addinfourl(io.BytesIO(pending.body.to_bytes()), headers, pending.url, pending.status)
        response.msg = response.reason = pending.reason
        return response

    by_socket = request.HTTPHandler.http_open
    connection = request.http.client.HTTPConnection

    def http_open(handler, req):
        if request.http.client.HTTPConnection is not connection:
            return by_socket(handler, req)  # the program brings its own, as tests do
        name = parse.urlsplit('//' + req.host).hostname or ''
        if not is_local(name):
            return open_url(handler, req)
        # A server in the sandbox goes before one on the reader's computer, which the page may have granted.
        try:
            return by_socket(handler, req)
        except URLError as error:
            if getattr(error.reason, 'errno', None) not in (errno.ECONNREFUSED, errno.ENOTSUP):
                raise
            absent = error
        try:
            return open_url(handler, req)
        except URLError as error:
            raise error from absent

    request.HTTPHandler.http_open = http_open
    # Built without TLS of its own, CPython has no handler for https.
    request.HTTPSHandler = type('HTTPSHandler', (request.HTTPHandler,), {
        'https_open': open_url, 'https_request': request.HTTPHandler.do_request_, 'http_open': http_open})
    request.HTTPHandler.https_open = open_url
    request.HTTPHandler.https_request = request.HTTPHandler.do_request_


for name, patch in (('urllib.request', patch_urllib), ('http.client', patch_connections), ('urllib3.connection', patch_connections),
                    ('urllib3.contrib.emscripten', patch_urllib3), ('httpcore._backends.sync', patch_httpcore),
                    ('httpcore._backends.auto', patch_httpcore_async)):
    when_imported(name, patch)
`;
