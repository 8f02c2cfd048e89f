// runtime-loaders/python: what the loader must know of each Python there is. What it downloads is not its business
// but the page's (runtime.ts).
import * as python312 from './assets/3.12.js';
import * as python313 from './assets/3.13.js';
import * as python314 from './assets/3.14.js';

export interface PythonBuild {
  /** Names what the snapshot was made of. */
  readonly buildId: string;
  /** The zip of the standard library is these assets one after another, of so many bytes. */
  readonly libraryParts: readonly { readonly asset: string; readonly bytes: number }[];
  /** What CPython takes as sys.executable: a program that is this version (runtime.ts); build.mjs has the same. */
  readonly executable: string;
}

const builds: readonly (PythonBuild & { readonly version: string })[] = [
  {
    version: python314.version,
    buildId: python314.buildId,
    libraryParts: python314.libraryParts,
    executable: '/usr/bin/python3',
  },
  {
    version: python313.version,
    buildId: python313.buildId,
    libraryParts: python313.libraryParts,
    executable: '/usr/bin/python3.13',
  },
  {
    version: python312.version,
    buildId: python312.buildId,
    libraryParts: python312.libraryParts,
    executable: '/usr/bin/python3.12',
  },
];

/** Throws RangeError for a version there is not. */
export function buildOf(version: string): PythonBuild {
  const build = builds.find((each) => each.version === version);
  if (build === undefined) throw new RangeError(`There is no Python ${version}.`);
  return build;
}
