import { expect } from 'chai';
import { Kernel, type Sandbox } from 'wasm-elements/kernel';
import { testConfig } from '../../test-config.js';
import { reading } from './reading.js';

/** Whether signals reach a program that runs. */
const canReach = testConfig.lane !== 'webkit';

/** Each place asks for SIGINT by a line, when it computes, and tells how it was left. */
const everyPlace = String.raw`
import asyncio, functools, itertools, json, signal, sys

def interrupted():
    print('now', flush=True)
    while True:
        pass

def comprehension():
    print('now', flush=True)
    [number for number in itertools.count() if number < 0]

def long_operation():
    print('now', flush=True)
    7 ** 20_000_000  # in C, which asks for signals

def generator():
    def numbers():
        while True:
            yield from range(10)
    print('now', flush=True)
    for number in numbers():
        pass

def finally_():
    try:
        interrupted()
    finally:
        print('finally')

class Context:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        print('exit', kind.__name__)

def with_():
    with Context():
        interrupted()

def continue_():
    for again in (True, False):
        try:
            interrupted()
        except KeyboardInterrupt:
            if again:
                print('continue')
                continue
            raise

def nested(depth=100):
    if depth:
        nested(depth - 1)
    interrupted()

@functools.lru_cache
def cached(number):
    interrupted()

class Slow:
    def __lt__(self, other):
        interrupted()

class SlowToGo:
    def __del__(self):
        interrupted()

def destructor():
    SlowToGo()  # CPython tells, and goes on
    raise KeyboardInterrupt

def in_asyncio():
    async def main():
        task = asyncio.create_task(other())
        try:
            interrupted()
        finally:
            print('task', task.done())
    async def other():
        pass
    # The first one cancels the task, which computes on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    loop = asyncio.EventLoop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

def in_a_runner():
    async def main():
        try:
            try:
                await asyncio.sleep(1000, print('now', flush=True))
            except asyncio.CancelledError:
                interrupted()
        finally:
            print('runner')
    asyncio.run(main())

def handler():
    def handle(number, frame):
        signal.signal(number, signal.default_int_handler)
        print('handler')
        interrupted()
    signal.signal(signal.SIGINT, handle)
    interrupted()

places = [
    interrupted, comprehension, long_operation, generator, finally_, with_, continue_, nested,
    lambda: cached(1),
    lambda: list(map(lambda _: interrupted(), [1])),
    lambda: sorted([1, 2, 3], key=lambda _: interrupted()),
    lambda: sorted([Slow()] * 2),
    lambda: json.dumps(object(), default=lambda _: interrupted()),
    lambda: exec(compile('interrupted()', 'compiled', 'exec'), globals()),
    lambda: max(itertools.chain.from_iterable(iter(lambda: interrupted(), 0))),
    destructor, in_asyncio, in_a_runner, handler,
]
for number, place in enumerate(places):
    try:
        place()
        print('went on')
    except KeyboardInterrupt:
        print('left', number)

# All is as it should be.
with open('after.txt', 'w') as file:
    file.write('written')
print(open('after.txt').read(), input('name? '), json.loads('[1]'), sorted([2, 1]))
print(asyncio.run(asyncio.sleep(0.01, 'slept')))
`;

/** How often it asks. */
const times = 22;

describe('KeyboardInterrupt', function () {
  // An interpreter takes seconds to start, and many on a busy machine.
  this.timeout(90_000);

  let sandbox: Sandbox;
  before(async () => {
    const kernel = await Kernel.boot();
    sandbox = await kernel.sandbox({ files: { 'places.py': everyPlace } });
  });
  after(() => sandbox.dispose());

  it('is raised wherever Python code computes, and what comes after it works', async function () {
    if (!canReach) this.skip();
    const process = await sandbox.spawn('python', ['places.py']);
    const output = reading(process.stdout);
    const errors = new Response(process.stderr).text();
    let told = '';
    for (let time = 0; time < times; time += 1) {
      told += await output.until('now\n');
      process.kill('SIGINT');
    }
    told += await output.until('name? ');
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode('Ada\n'));
    told += await output.until('slept\n');
    expect(
      told
        .replaceAll('now\n', '')
        .replaceAll(/left \d+\n/g, '')
        .split('\n'),
    ).to.deep.equal([
      ...['finally', 'exit KeyboardInterrupt', 'continue', 'task False', 'runner', 'handler'],
      ...['name? written Ada [1] [1, 2]', 'slept', ''],
    ]);
    expect(await process.exited).to.include({ code: 0, signal: null });
    expect(await errors).to.match(
      /^Exception ignored .*SlowToGo\.__del__.*\n(.*\n)*KeyboardInterrupt:? ?\n$/,
    );
  });
});
