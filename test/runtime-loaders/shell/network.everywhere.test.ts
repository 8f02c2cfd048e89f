import { expect } from 'chai';
import { Kernel, type RunResult } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { transport, useShell } from './shell.js';

/** Answers as a test asks it: the method, headers of interest and body, a redirect, an error, chunks. */
const server = String.raw`
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def reply(self):
        length = int(self.headers.get('content-length') or 0)
        body = self.rfile.read(length)
        if self.path == '/old':
            self.send_response(302); self.send_header('location', 'new?x=1'); self.send_header('content-length', '0'); self.end_headers(); return
        if self.path == '/elsewhere':
            self.send_response(302); self.send_header('location', 'http://127.0.0.1:8000/there'); self.send_header('content-length', '0'); self.end_headers(); return
        if self.path == '/missing':
            self.send_response(404); self.send_header('content-length', '5'); self.end_headers(); self.wfile.write(b'gone\n'); return
        if self.path == '/chunks':
            self.send_response(200); self.send_header('transfer-encoding', 'chunked'); self.end_headers()
            self.wfile.write(b'3\r\none\r\n5\r\n, two\r\n0\r\n\r\n'); return
        text = f"{self.command} {self.path} {self.headers.get('content-type')} {self.headers.get('x-a')} {self.headers.get('authorization')} ".encode() + body + b'\n'
        self.send_response(200); self.send_header('content-type', 'text/plain'); self.send_header('content-length', str(len(text))); self.end_headers()
        if self.command != 'HEAD': self.wfile.write(text)
    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = reply
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer if False else http.server.HTTPServer
server = server(('127.0.0.1', 8000), Handler)
print('ready', flush=True)
server.serve_forever()
`;

describe('curl and wget', function () {
  this.timeout(120_000);
  // Most of it asks a server in Python, which cannot wait where the browser does not help.
  beforeEach(function () {
    if (transport === 'local') this.skip();
  });
  const shell = useShell();

  /** Runs a script beside the server. */
  const withServer = async (script: string): Promise<RunResult> => {
    await shell.sandbox.fs.writeFile('server.py', server);
    const listening = new Promise((resolve) =>
      shell.sandbox.addEventListener('listen', resolve, { once: true }),
    );
    const process = await shell.sandbox.spawn('python', ['server.py'], { stdin: 'null' });
    await listening;
    const result = await shell.run(script);
    process.kill('SIGKILL');
    return result;
  };

  it('ask servers of the sandbox: methods, headers, data, forms', async () => {
    const { stdout, stderr } = await withServer(`
      curl -s localhost:8000/a; curl -s -X DELETE -H 'X-A: b' http://127.0.0.1:8000/
      curl -s -d a=1 -d b=2 localhost:8000; echo '{"x":1}' | curl -s --json @- localhost:8000
      curl -s -u me:secret localhost:8000; curl -sG -d q=1 --data-urlencode 'r=a b&c' localhost:8000/s
      printf 'line\\n' > f; curl -s -d @f localhost:8000; curl -s --data-binary @f localhost:8000; curl -sT f localhost:8000/
      curl -s -F name=value -F file=@f localhost:8000 | grep -c -e '"name"' -e 'filename="f"'
      wget -qO- localhost:8000/w; wget -q --post-data=p=1 -O - localhost:8000`);
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.deep.equal([
      'GET /a None None None ',
      'DELETE / None b None ',
      'POST / application/x-www-form-urlencoded None None a=1&b=2',
      'POST / application/json None None {"x":1}',
      '',
      'GET / None None Basic bWU6c2VjcmV0 ',
      'GET /s?q=1&r=a%20b%26c None None None ',
      'POST / application/x-www-form-urlencoded None None line',
      'POST / application/x-www-form-urlencoded None None line',
      '',
      'PUT /f None None None line',
      '',
      '2',
      'GET /w None None None ',
      'POST / application/x-www-form-urlencoded None None p=1',
      '',
    ]);
  });

  it('follow redirects when asked, and tell errors as curl numbers them', async () => {
    const { stdout, stderr } = await withServer(`
      curl -s -o /dev/null -w '%{http_code}\\n' localhost:8000/old; curl -sL -w '%{http_code} %{num_redirects}\\n' localhost:8000/old
      curl -f localhost:8000/missing; echo $?; curl -s --fail-with-body localhost:8000/missing; echo $?; curl -s localhost:8000/missing
      curl -sL -u a:b localhost:8000/elsewhere; curl -sL -u a:b --location-trusted localhost:8000/elsewhere
      curl -s localhost:8000/chunks; echo; curl -sI localhost:8000 | head -1
      curl -si localhost:8000/missing | grep -e ^HTTP -e ^content-l; wget -q localhost:8000/missing; echo $?`);
    expect(stdout.replaceAll('\r', '').split('\n')).to.deep.equal([
      ...['302', 'GET /new?x=1 None None None ', '200 1', '22', 'gone', '22', 'gone'],
      ...['GET /there None None None ', 'GET /there None None Basic YTpi ', 'one, two'],
      ...['HTTP/1.1 200 OK', 'HTTP/1.1 404 Not Found', 'content-length: 5', '8', ''],
    ]);
    expect(stderr).to.contain('curl: (22) The requested URL returned error: 404\n').and.contain('404');
  });

  it('write files: -o, -O, and wget without a word', async () => {
    await withServer(
      'curl -sO localhost:8000/one.txt; curl -s -o two.txt localhost:8000/2; wget localhost:8000/three.txt; wget -q localhost:8000/three.txt',
    );
    const names = (await shell.sandbox.fs.readdir('.')).map(({ name }) => name).sort();
    expect(names).to.deep.equal(['one.txt', 'server.py', 'three.txt', 'three.txt.1', 'two.txt']);
    expect(await shell.sandbox.fs.readFile('one.txt', 'utf-8')).to.contain('GET /one.txt');
  });

  it('say what is wrong: no server, no time, no such option', async () => {
    const { stdout, stderr } = await shell.run(
      'curl localhost:9; echo $?; curl -s --nosuch x; echo $?; curl; echo $?; curl -sS "http://"; echo $?; curl -s ftp://x/; echo $?; wget -q localhost:9; echo $?',
    );
    expect(stdout).to.equal('7\n2\n2\n3\n1\n4\n');
    expect(stderr).to.contain('curl: (7) Failed to connect to localhost port 9: no server of this sandbox');
    const slow = `import socket, time\ns = socket.create_server(('127.0.0.1', 8001))\nkept = s.accept()\ntime.sleep(60)\n`;
    await shell.sandbox.fs.writeFile('slow.py', slow);
    const listening = new Promise((resolve) =>
      shell.sandbox.addEventListener('listen', resolve, { once: true }),
    );
    const process = await shell.sandbox.spawn('python', ['slow.py'], { stdin: 'null' });
    await listening;
    const late = await shell.run('curl -sS -m 0.5 localhost:8001; echo $?');
    process.kill('SIGKILL');
    expect(late).to.include({ stdout: '28\n', stderr: 'curl: (28) Operation timed out\n' });
  });

  it('reach the web where the page allows it, else name the grant that is missing', async function () {
    const refused = await shell.run('curl -sS https://web.example/a; echo $?; wget -q web.example; echo $?');
    expect(refused.stdout).to.equal('6\n4\n');
    expect(refused.stderr).to.match(/^curl: \(6\) .*network="web\.example"/);
    // Of this machine, but no server of the sandbox: the page is asked.
    const { origin, host } = new URL(testConfig.otherOrigin);
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({ network: [host] });
    const script = `curl -s ${origin}/cors/package.json | jq -r .name; curl -s -o /dev/null -w '%{http_code}' ${origin}/cors/absent
      echo; curl -fsS ${origin}/cors/absent; echo $?; curl -sI ${origin}/cors/package.json | head -1; wget -qO- ${origin}/cors/package.json | wc -l`;
    const { stdout, stderr } = await sandbox.run('sh', ['-c', script], { timeoutMs: 60_000 });
    expect(stdout).to.match(/^wasm-elements\n404\n22\nHTTP\/1\.1 200 OK\r?\n *\d+\n$/);
    expect(stderr).to.equal('curl: (22) The requested URL returned error: 404\n');
    await sandbox.dispose();
  });
});
