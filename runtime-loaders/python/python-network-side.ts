// runtime-loaders/python: urllib over the sandbox's grant, in Python. Runs after `python-side.ts`, in the
// same namespace. Sockets reach this sandbox only, so the handlers of urllib.request are where HTTP can be had.

export const pythonNetwork = String.raw`
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
            raise URLError('this browser cannot pause Python for a download '
                           '(it has no JavaScript Promise Integration)')
        headers = {**req.headers, **req.unredirected_hdrs}
        body = read_body(req.data)
        pending = host.beginRequest(req.get_method(), req.full_url, to_js([x for pair in headers.items() for x in pair]),
                                    None if body is None else to_js(bytes(body)))
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
        local = name in ('localhost', '::1') or name.startswith('127.')
        if not local:
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


after_import['urllib.request'] = patch_urllib
`;
