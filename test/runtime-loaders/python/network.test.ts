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
});
