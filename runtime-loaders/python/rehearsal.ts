// runtime-loaders/python: what a spare does while it waits. Engines compile a function when it is first called, so
// what every program begins with, from being told about its process to a line that is compiled and printed, is done
// once before there is one.
// Must always hold: no program can tell. Nothing is imported that is not there, and nothing kept that could be found.
import type { PublicApi } from './emscripten.js';

const pythonRehearsal = String.raw`
def rehearse(host, given):
    import io, os, random, sys
    from pyodide.ffi import to_js
    host.call(), getattr(host, 'missing', None), host.environ.to_py(), to_js([1])
    for path in ('/', '/missing', *sys.path):
        try:
            os.stat(path), os.listdir(path)
        except OSError:
            pass
    state = random.getstate()
    random.seed()
    random.setstate(state)
    reader = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, 'r', closefd=False)), encoding='utf-8')
    # Of what is printed before there is a program nobody hears.
    writer = io.TextIOWrapper(io.FileIO(1, 'w', closefd=False), encoding='utf-8', line_buffering=True, write_through=True)
    source = 'try:\n    print("text", [f"{each!r}" for each in (1, 2.5, *given["list"])], file=writer)\nexcept OSError: pass\n'
    exec(compile(source, '<string>', 'exec'), {'given': given, 'writer': writer})
    reader.detach(), writer.detach()
    globals().clear()

rehearse
`;

export function rehearse(api: PublicApi): void {
  const globals = api.toPy(new Map());
  const given = api.toPy({ list: ['one'], flag: true });
  const start = api.runPython(pythonRehearsal, { globals, filename: '<exec>' }) as PyFunctionProxy;
  start({ call: () => undefined, environ: { name: 'value' } }, given);
  for (const each of [start, given, globals]) each.destroy();
}

type PyFunctionProxy = ((...given: unknown[]) => void) & { destroy(): void };
