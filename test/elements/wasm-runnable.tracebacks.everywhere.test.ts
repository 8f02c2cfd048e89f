import { expect } from 'chai';
import { clearPage, show } from './page.js';

/** A library calls the program, which calls a library; what it raises comes from an error of that. */
const program = `
import asyncio, json

def read(text):
    return json.loads(text)

async def main():
    try:
        read('{')
    except ValueError as error:
        raise RuntimeError('no text') from error

asyncio.run(main())
`.trimStart();

const framesOf = (stderr: string): string[] =>
  [...stderr.matchAll(/^ +(?:\| +)?File "([^"]*)", line (\d+), in (.*)$/gm)].map(
    ([, file = '', line = '', name = '']) => `${file.replace('/home/user/', '')}:${line} ${name}`,
  );

const ownFrames = ['main.py:8 main', 'main.py:4 read', 'main.py:12 <module>', 'main.py:10 main'];

describe('tracebacks of Python in an element', function () {
  this.timeout(120_000);
  afterEach(clearPage);

  const stderrOf = async (code: string, attributes = '', runtime = 'python'): Promise<string> => {
    const element = show(`<wasm-runnable runtime="${runtime}" ${attributes}></wasm-runnable>`);
    element.code = code;
    return (await element.run()).stderr;
  };

  for (const version of ['3.14', '3.13', '3.12'])
    it(`have the program’s frames, whatever they came through (${version})`, async () => {
      const stderr = await stderrOf(program, '', `python@${version}`);
      expect(framesOf(stderr)).to.deep.equal(ownFrames);
      expect(stderr)
        .to.match(/^json\.decoder\.JSONDecodeError: Expecting property name/m)
        .and.include('\nThe above exception was the direct cause of the following exception:\n\n')
        .and.match(/RuntimeError: no text\n$/);
    });

  it('have those of a cell', async () => {
    const code = program.replace('asyncio.run(main())', 'await main()');
    const stderr = await stderrOf(code, 'session="tracebacks"');
    expect(framesOf(stderr).map((frame) => frame.replace(/^[^:]*/, 'main.py'))).to.deep.equal(ownFrames);
  });

  it('have those of every error of a group', async () => {
    const stderr = await stderrOf(
      `
import asyncio, json

async def read(text):
    json.loads(text)

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(read('{'))
        group.create_task(read('['))

asyncio.run(main())
`.trimStart(),
    );
    expect(framesOf(stderr)).to.deep.equal([
      'main.py:11 <module>',
      'main.py:7 main',
      'main.py:4 read',
      'main.py:4 read',
    ]);
  });

  it('are those of an error with attributes of its own', async () => {
    const code = 'class Many(Exception):\n    exceptions = 5\n\nraise Many("no group")\n';
    const stderr = await stderrOf(code);
    expect(framesOf(stderr)).to.deep.equal(['main.py:4 <module>']);
    expect(stderr).to.match(/\nMany: no group\n$|\n__main__\.Many: no group\n$/);
  });

  it('are whole in what it prints itself, and where that is asked for', async () => {
    const library = /File "\/lib\/python/;
    const printed =
      'import json, traceback\ntry:\n    json.loads("{")\nexcept ValueError:\n    traceback.print_exc()\n';
    expect(await stderrOf(printed)).to.match(library);
    expect(await stderrOf(program, 'env="WASM_ELEMENTS_TRACEBACK=full"')).to.match(library);
    const kept = `
import atexit, json, sys

@atexit.register
def last():
    trace, count = sys.last_value.__traceback__, 0
    while trace:
        trace, count = trace.tb_next, count + 1
    print(count > 1, file=sys.stderr)

json.loads('{')
`;
    expect(await stderrOf(kept))
      .to.match(/\nTrue\n$/)
      .and.not.match(library);
  });
});
