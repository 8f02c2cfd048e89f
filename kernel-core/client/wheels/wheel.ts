// client/wheels: a wheel (PEP 427) as files of the sandbox's tree, and what its metadata says it needs.
import type { PackedTree } from '../../protocol/packed-tree.js';
import { packedKinds } from '../../protocol/packed-tree.js';
import { readArchive } from '../archive/source.js';
import { KernelError } from '../kernel-error.js';
import type { TreePacker } from '../tree-packer.js';
import type { Target } from './target.js';

/** Where programs of packages go; it is in every program's PATH. */
const programs = 'usr/bin';
const room = { path: '/', bytes: 2 ** 30, inodes: 100_000 };

export interface WheelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly modifiedMs: number;
}

export class Wheel {
  readonly files: readonly WheelFile[];
  readonly #metadata: string;

  private constructor(files: readonly WheelFile[]) {
    this.files = files;
    this.#metadata = this.#text('METADATA') ?? '';
  }

  /** Rejects with EINVAL where it is no zip, or a hostile one. */
  static async read(name: string, archive: Blob): Promise<Wheel> {
    try {
      return new Wheel(filesOf(await readArchive(archive, room)));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : '';
      throw new KernelError('EINVAL', `The wheel of “${name}” cannot be unpacked. ${why}`.trim(), { cause });
    }
  }

  /** `Requires-Dist` of its metadata. */
  get requirements(): readonly string[] {
    const [headers = ''] = this.#metadata.split(/\r?\n\r?\n/, 1);
    return [...headers.matchAll(/^Requires-Dist:[ \t]*(.+?)[ \t]*\r?$/gim)].map(([, text]) => text ?? '');
  }

  /** Modules, from the folder they are installed in. */
  get modules(): readonly string[] {
    return this.files.flatMap(({ path }) =>
      path.endsWith('.py') && !/^[^/]+\.data\//.test(path) ? [path] : [],
    );
  }

  /** Puts it where it belongs; paths start at the root. `compiled`: more files, beside its modules. */
  unpackInto(tree: TreePacker, target: Target, compiled: readonly WheelFile[] = []): void {
    const site = target.site.slice(1);
    for (const { path, bytes } of compiled) tree.file(`${site}/${path}`, bytes);
    for (const { path, bytes, modifiedMs } of this.files) {
      const [, kind, rest = ''] = /^[^/]+\.data\/([^/]+)\/(.+)$/.exec(path) ?? [];
      const native = /\.so(\.[\d.]+)?$/.test(path);
      const attributes = { modifiedMs, mode: native ? 0o755 : 0o644 };
      if (kind === undefined || kind === 'purelib' || kind === 'platlib') {
        tree.file(`${site}/${kind === undefined ? path : rest}`, bytes, attributes);
      } else if (kind === 'scripts')
        tree.file(`${programs}/${rest}`, withInterpreter(bytes, target.executable), {
          modifiedMs,
          mode: 0o755,
        });
      else if (kind === 'data') tree.file(`usr/local/${rest}`, bytes, attributes);
    }
    const info = this.files.find(({ path }) => /^[^/]+\.dist-info\/METADATA$/.test(path));
    if (info !== undefined) {
      tree.file(`${site}/${info.path.replace(/METADATA$/, 'INSTALLER')}`, 'wasm-elements\n', info);
    }
    for (const { name, module, attribute } of this.#consoleScripts()) {
      const call = attribute.split('.')[0] ?? '';
      const source = `#!${target.executable}\nimport sys\nfrom ${module} import ${call}\nsys.exit(${attribute}())\n`;
      tree.file(`${programs}/${name}`, source, { mode: 0o755 });
    }
  }

  /** A library others link to: all of its files lie in one folder. */
  unpackLibraryInto(tree: TreePacker): void {
    for (const { path, bytes, modifiedMs } of this.files) {
      tree.file(`usr/lib/${path}`, bytes, { modifiedMs, mode: 0o755 });
    }
  }

  #consoleScripts(): { name: string; module: string; attribute: string }[] {
    const section = /^\[console_scripts\][ \t]*\r?\n((?:(?!\[).*(?:\r?\n|$))*)/m.exec(
      this.#text('entry_points.txt') ?? '',
    )?.[1];
    return [...(section ?? '').matchAll(/^\s*([\w.-]+)\s*=\s*([\w.]+)\s*:\s*([\w.]+)/gm)].map(
      ([, name = '', module = '', attribute = '']) => ({ name, module, attribute }),
    );
  }

  #text(name: string): string | undefined {
    const file = this.files.find(
      ({ path }) => path.endsWith(`.dist-info/${name}`) && path.split('/').length === 2,
    );
    return file === undefined ? undefined : new TextDecoder().decode(file.bytes);
  }
}

function filesOf({ paths, kind, modifiedMs, chunk, offset, length, chunks }: PackedTree): WheelFile[] {
  const names = paths.split('\0');
  return Array.from(kind, (each, index) => ({ each, index }))
    .filter(({ each }) => packedKinds[each] === 'file')
    .map(({ index }) => {
      const bytes = chunks[chunk[index] as number];
      const start = offset[index] as number;
      return {
        path: names[index] ?? '',
        bytes:
          bytes instanceof Uint8Array
            ? bytes.subarray(start, start + (length[index] as number))
            : new Uint8Array(0),
        modifiedMs: modifiedMs[index] as number,
      };
    });
}

/** A wheel's scripts begin with `#!python`. */
function withInterpreter(bytes: Uint8Array, executable: string): Uint8Array {
  const head = new TextDecoder().decode(bytes.subarray(0, 9));
  if (!head.startsWith('#!python')) return bytes;
  const end = bytes.indexOf(0x0a);
  const first = new TextEncoder().encode(`#!${executable}`);
  const rest = bytes.subarray(end < 0 ? bytes.length : end);
  const script = new Uint8Array(first.length + rest.length);
  script.set(first);
  script.set(rest, first.length);
  return script;
}
