import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const canWait = testConfig.lane !== 'webkit';

/** A server in a process of its own, and clients of several kinds. */
const clients = String.raw`
import http.client, socket, subprocess, sys, urllib.error, urllib.request
server = subprocess.Popen([sys.executable, '-c', '''
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(('localhost', 0), Handler)
print(server.server_port, flush=True)
for _ in range(3): server.handle_request()
'''], stdout=subprocess.PIPE, text=True)
port = int(server.stdout.readline())
with urllib.request.urlopen(f'http://localhost:{port}/', b'abc' * 2) as response:
    print(response.status, response.read())
connection = http.client.HTTPConnection('127.0.0.1', port, timeout=20)
connection.request('POST', '/', b'x' * 500_000)
print(len(connection.getresponse().read()))
connection.close()
with socket.create_connection(('localhost', port)) as plain:
    plain.sendall(b'POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi')
    plain.shutdown(socket.SHUT_WR)
    print(plain.makefile('rb').read().endswith(b'\r\n\r\nih'))
print(server.wait())
try:
    urllib.request.urlopen(f'http://localhost:{port}/')
except urllib.error.URLError as error:
    print('network' in str(error.reason), type(error.__cause__.reason).__name__)
try:
    socket.create_connection(('example.com', 80))
except socket.gaierror as error:
    print(error.strerror)
`;

const plain = String.raw`
import select, socket
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR), listener.family.name)
client = socket.create_connection(listener.getsockname())
server, address = listener.accept()
print(address == client.getsockname(), server.getpeername() == address)
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print(client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
client.sendall(b'hello')
print(select.select([server], [], [], 5)[0] == [server], server.recv(2, socket.MSG_PEEK), server.recv(100))
server.setblocking(False)
try:
    server.recv(1)
except BlockingIOError:
    print('BlockingIOError')
server.settimeout(0.01)
try:
    server.recv(1)
except TimeoutError:
    print('TimeoutError')
client.close()
print(server.recv(1))
a, b = socket.socketpair()
a.sendmsg([b'one', b' two'])
print(b.recvmsg(100)[0])
one, other = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
other.bind(('127.0.0.1', 0))
one.sendto(b'datagram', other.getsockname())
print(other.recvfrom(100)[0])
try:
    socket.create_connection(('127.0.0.1', 1))
except ConnectionRefusedError:
    print('ConnectionRefusedError')
`;

const looping = String.raw`
import asyncio, sys

async def answer(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()

async def ask(port, word):
    reader, writer = await asyncio.open_connection('localhost', port)
    writer.write(word + b'\n')
    return await reader.read()

async def main():
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    print(await asyncio.gather(ask(port, b'one'), ask(port, b'two')))
    server.close()
    child = await asyncio.create_subprocess_exec(
        sys.executable, '-c', 'import sys; print(sys.stdin.read()[::-1]); sys.exit(3)',
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    print(await child.communicate(b'x' * 200_000 + b'y') == (b'y' + b'x' * 200_000 + b'\n', None), child.returncode)
    sleeper = await asyncio.create_subprocess_exec(sys.executable, '-c', 'import time; time.sleep(1000)')
    try:
        await asyncio.wait_for(sleeper.wait(), 0.05)
    except TimeoutError:
        sleeper.kill()
    print(await sleeper.wait())

asyncio.run(main())
`;

describe('A Python program on the network of its sandbox', () => {
  let kernel: Kernel;
  let sandbox: Sandbox;

  before(async () => {
    kernel = await Kernel.boot();
  });

  beforeEach(async function () {
    this.timeout(180_000);
    if (!canWait) this.skip();
    sandbox = await kernel.sandbox();
  });

  afterEach(() => sandbox?.dispose());

  async function lines(program: string): Promise<string[]> {
    await sandbox.fs.writeFile('main.py', program);
    const { code, signal, stdout, stderr } = await sandbox.run('python', ['main.py']);
    expect([stderr, code, signal]).to.deep.equal(['', 0, null]);
    return stdout.split('\n').slice(0, -1);
  }

  it('serves the page with http.server', async () => {
    await sandbox.fs.writeFile('page.html', '<p>from Python</p>');
    const listening = new Promise((resolve) => sandbox.addEventListener('listen', resolve, { once: true }));
    const server = await sandbox.spawn('python', ['-m', 'http.server', '8000']);
    await listening;
    const response = await sandbox.fetch(8000, '/page.html');
    expect([response.status, await response.text()]).to.deep.equal([200, '<p>from Python</p>']);
    expect((await sandbox.fetch(8000, '/absent')).status).to.equal(404);
    server.kill('SIGKILL');
    await server.exited;
  }).timeout(180_000);

  it('serves the page with a WSGI application', async () => {
    const listening = new Promise((resolve) => sandbox.addEventListener('listen', resolve, { once: true }));
    const application = String.raw`
from wsgiref.simple_server import make_server
def app(environ, start_response):
    start_response('201 Made', [('Content-Type', 'text/plain')])
    return [environ['REQUEST_METHOD'].encode(), b' ', environ['wsgi.input'].read(int(environ['CONTENT_LENGTH']))]
make_server('', 5000, app).serve_forever()
`;
    const server = await sandbox.spawn('python', ['-c', application]);
    await listening;
    const response = await sandbox.fetch(5000, '/', { method: 'PUT', body: 'a body' });
    expect([response.status, await response.text()]).to.deep.equal([201, 'PUT a body']);
    server.kill('SIGKILL');
    await server.exited;
  }).timeout(180_000);

  it('asks servers in other processes by urllib, http.client and sockets', async () => {
    expect(await lines(clients)).to.deep.equal([
      "200 b'cbacba'",
      '500000',
      'True',
      '0',
      'True ConnectionRefusedError',
      'example.com: sockets reach servers in this sandbox only (127.0.0.1, localhost); ' +
        'urllib.request and pyodide.http reach what the page has granted',
    ]);
  }).timeout(180_000);

  it('has stream and datagram sockets that wait, peek and time out', async () => {
    expect(await lines(plain)).to.deep.equal([
      '1 AF_INET',
      'True True',
      '1',
      "True b'he' b'hello'",
      'BlockingIOError',
      'TimeoutError',
      "b''",
      "b'one two'",
      "b'datagram'",
      'ConnectionRefusedError',
    ]);
  }).timeout(180_000);

  it('serves, connects and runs programs in asyncio', async () => {
    expect(await lines(looping)).to.deep.equal(["[b'ONE\\n', b'TWO\\n']", 'True 3', '-9']);
  }).timeout(180_000);
});
