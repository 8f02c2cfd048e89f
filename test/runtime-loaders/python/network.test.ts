import { expect } from 'chai';
import { Kernel } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';

const main = String.raw`
import asyncio, json, sys, urllib.error, urllib.request
import js
from pyodide.http import pyfetch
origin = sys.argv[1]

try:
    with urllib.request.urlopen(origin + '/cors/package.json') as response:
        print(response.status, response.headers.get_content_type(), json.load(response)['name'])
except urllib.error.URLError as error:
    print(error.reason)
    sys.exit()
try:
    urllib.request.urlopen(origin + '/cors/absent')
except urllib.error.HTTPError as error:
    print('HTTPError', error.code)

import http.client
try:
    urllib.request.urlopen(origin + '/cors/package.json\r\nHost: other')
except http.client.InvalidURL as error:
    print('InvalidURL')

# A name that is not this sandbox's.
place = 'web.localhost:' + origin.rpartition(':')[2]
connection = http.client.HTTPConnection(place)
for method, path in (('GET', '/cors/package.json'), ('HEAD', '/cors/absent')):
    connection.request(method, path, headers={'X-Word': 'kept'})
    with connection.getresponse() as response:
        print(response.status, response.headers.get_content_type(), len(response.read()) > 0)
try:
    secure = http.client.HTTPSConnection('example.org')
    secure.request('GET', '/')
    secure.getresponse()
except OSError as error:
    print(error)

async def fetch():
    print((await (await pyfetch(origin + '/cors/package.json')).json())['name'])
    print((await js.fetch(origin + '/cors/absent')).status)

asyncio.run(fetch())
`;

/** Wheels of two libraries that speak HTTP over sockets, and of what they need. */
const wheels = [
  ...['requests==2.34.2', 'urllib3==2.8.0', 'charset-normalizer==3.5.2', 'idna==3.20', 'certifi==2026.10.18'],
  ...['httpx==0.28.1', 'httpcore==1.0.9', 'h11==0.16.0', 'anyio==4.16.0', 'typing-extensions==4.16.0'],
];

const libraries = String.raw`
import asyncio, glob, sys, zipfile
for wheel in glob.glob('*.whl'):
    zipfile.ZipFile(wheel).extractall('/tmp/packages')
sys.path.insert(0, '/tmp/packages')
import httpx, requests
url = sys.argv[1] + '/cors/'

with requests.Session() as session:
    for path in ('package.json', 'absent', 'package.json'):
        answer = session.get(url + path, stream=path == 'absent')
        print(answer.status_code, answer.ok, answer.headers['content-type'])
    print(answer.json()['name'])
try:
    requests.get('https://example.org')
except requests.ConnectionError as error:
    print(error)

with httpx.Client() as client:
    print([client.get(url + path).status_code for path in ('package.json', 'absent', 'package.json')])
async def together():
    async with httpx.AsyncClient() as client:
        answers = await asyncio.gather(*(client.get(url + 'package.json') for _ in range(3)))
        print([answer.json()['name'] for answer in answers])
asyncio.run(together())
try:
    httpx.get('https://example.org')
except httpx.ConnectError as error:
    print(error)
`;

describe('A Python program with a network grant', () => {
  it('reaches what was granted by urllib, http.client and fetch, where it can wait for it', async function () {
    this.timeout(180_000);
    const kernel = await Kernel.boot();
    const { host, port } = new URL(testConfig.otherOrigin);
    const grant = [host, `web.localhost:${port}`];
    const sandbox = await kernel.sandbox({ files: { 'main.py': main }, network: grant });
    const { stdout, stderr } = await sandbox.run('python', ['main.py', testConfig.otherOrigin]);
    expect(stderr).to.equal('');
    if (testConfig.lane === 'webkit') {
      expect(stdout).to.contain('this browser cannot pause Python for a download');
    } else {
      expect(stdout.split('\n')).to.deep.equal([
        '200 application/json wasm-elements',
        'HTTPError 404',
        'InvalidURL',
        '200 application/json True',
        '404 text/plain False',
        `This sandbox may reach ${grant.join(', ')} only, so it cannot reach example.org; ` +
          'the page’s author can allow it with network="example.org".',
        'wasm-elements',
        '404',
        '',
      ]);
    }
    await sandbox.dispose();
  });

  it('reaches it by requests and httpx as well', async function () {
    this.timeout(180_000);
    if (testConfig.lane === 'webkit') this.skip();
    const files: Record<string, string | Uint8Array> = { 'main.py': libraries };
    for (const requirement of wheels) {
      const query = `requirement=${requirement}&platform=pyemscripten_2026_0_wasm32&abi=cp314`;
      const response = await fetch(`${testConfig.shelf}/__shelf/real-wheel?${query}`);
      // Where the machine has no pip, or reaches no registry, there is none to try.
      if (!response.ok) this.skip();
      files[response.headers.get('x-file') ?? ''] = new Uint8Array(await response.arrayBuffer());
    }
    const { port } = new URL(testConfig.otherOrigin);
    const web = `web.localhost:${port}`;
    const kernel = await Kernel.boot();
    const sandbox = await kernel.sandbox({ files, network: [web] });
    const { stdout, stderr } = await sandbox.run('python', ['main.py', `http://${web}`]);
    expect(stderr).to.equal('');
    const refused =
      `This sandbox may reach ${web} only, so it cannot reach example.org; ` +
      'the page’s author can allow it with network="example.org".';
    const lines = stdout.split('\n');
    expect(lines[4]).to.contain(refused);
    expect(lines.filter((_, index) => index !== 4)).to.deep.equal([
      '200 True application/json',
      '404 False text/plain; charset=utf-8',
      '200 True application/json',
      'wasm-elements',
      '[200, 404, 200]',
      "['wasm-elements', 'wasm-elements', 'wasm-elements']",
      refused,
      '',
    ]);
    await sandbox.dispose();
  });
});
