// runtime-loaders/python: what CPython finds around it: devices, the folder of its library, environment.
import type { PyodideModule, StreamOperations } from './emscripten.js';
import type { StandardStreams } from './standard-streams.js';

/** Version and folders, which pyodide's own loader would set. Returns the path of the library's zip. */
export function prepareLibraryFolder(module: PyodideModule): string {
  const version = module.HEAPU32[module._Py_Version >>> 2] ?? 0;
  const tuple = [version >>> 24, (version >>> 16) & 0xff, (version >>> 8) & 0xff];
  const [major, minor] = tuple;
  module.API.pyVersionTuple = tuple;
  module.API.sitePackages = `/lib/python${major}.${minor}/site-packages`;
  module.FS.mkdirTree(module.API.sitePackages);
  // CPython looks for this folder and warns when there is none.
  module.FS.mkdirTree(`/lib/python${major}.${minor}/lib-dynload`);
  return `/lib/python${major}${minor}.zip`;
}

/** Emscripten's own devices read and write byte by byte, and its terminals have nothing behind them. */
export function prepareDevices(module: PyodideModule, streams: StandardStreams): void {
  const { FS } = module;
  const fill = (each: (bytes: Uint8Array) => void): Partial<StreamOperations> => ({
    read: (_stream, buffer, offset, length) => {
      each(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length));
      return length;
    },
    write: (_stream, _buffer, _offset, length) => length,
    llseek: () => 0,
  });
  const random = (bytes: Uint8Array) => {
    // The browser gives 64 KB at once, and none into shared memory.
    for (let at = 0; at < bytes.length; at += 65536) {
      const part = new Uint8Array(Math.min(65536, bytes.length - at));
      bytes.set(crypto.getRandomValues(part), at);
    }
  };
  const devices = {
    null: { ...fill(() => undefined), read: () => 0 },
    zero: fill((bytes) => bytes.fill(0)),
    random: fill(random),
    urandom: fill(random),
  };
  for (const [index, [name, operations]] of Object.entries(devices).entries()) {
    FS.registerDevice(FS.makedev(1, index + 3), operations);
    FS.mkdev(`/dev/${name}`, 0o666, FS.makedev(1, index + 3));
  }
  FS.mkdirTree('/dev/shm');
  FS.createStandardStreams = () => streams.open(module);
}

/** The environment CPython starts in; `snapshotEnvironment` where it was started with the snapshot. */
export function setEnvironment(module: PyodideModule, env: Readonly<Record<string, string>>): void {
  // Emscripten's own inventions are removed by `undefined`.
  for (const name of ['USER', 'LOGNAME', 'PATH', 'PWD', 'HOME', 'LANG', '_']) module.ENV[name] = undefined;
  Object.assign(module.ENV, env);
}

/** What the snapshot was taken in (build-interpreter.mjs): it is in memory before CPython starts. */
export const snapshotEnvironment = { LANG: 'C.UTF-8' };

/** time.timezone, time.altzone, time.daylight and time.tzname, as Emscripten finds them out. */
export function timeZone(): [number, number, boolean, string, string] {
  const year = new Date().getFullYear();
  const winter = new Date(year, 0, 1);
  const summer = new Date(year, 6, 1);
  const [winterOffset, summerOffset] = [winter.getTimezoneOffset(), summer.getTimezoneOffset()];
  const name = (offset: number): string => {
    const minutes = Math.abs(offset);
    const pad = (value: number): string => String(value).padStart(2, '0');
    return `UTC${offset >= 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`;
  };
  const standard = Math.max(winterOffset, summerOffset);
  const saving = Math.min(winterOffset, summerOffset);
  return [standard * 60, saving * 60, winterOffset !== summerOffset, name(standard), name(saving)];
}

/** The zone's C side, which a restored interpreter has from the machine that made it: strftime's %Z, tm_zone. */
export function setTimeZone(module: PyodideModule, zone: ReturnType<typeof timeZone>): void {
  const [standard, , daylight, ...names] = zone;
  module.HEAPU32[module.___timezone >>> 2] = standard;
  module.HEAPU32[module.___daylight >>> 2] = Number(daylight);
  for (const [index, name] of names.entries()) {
    const buffer = module.HEAPU32[(module.___tzname >>> 2) + index] ?? 0;
    const bytes = new TextEncoder().encode(name.slice(0, zoneNameMax));
    if (buffer !== 0) module.HEAPU8.set([...bytes, 0], buffer);
  }
}

/** What fits into the C library's buffers, without the NUL. */
const zoneNameMax = 16;
