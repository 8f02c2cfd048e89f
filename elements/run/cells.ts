// elements/run: what an interpreter is asked to run: a cell of a session, the block that `setup` names.
import {
  KernelError,
  type CellRequest,
  type Runtime,
  type SetupBlock,
} from '../../kernel-core/client/index.js';
import { textIn } from '../markup/children.js';
import { referred } from '../markup/reference.js';
import { textOf } from './packages.js';
import type { Settings } from './settings.js';
import type { Sources } from './sources.js';

/** Where the working directory of a sandbox is. */
const home = '/home/user';

/** The cell that a run comes to. */
export async function cellRequest(
  name: string,
  { entry, files }: Sources,
  { args, env, stdin, display }: Settings,
  setup: SetupBlock | undefined,
): Promise<CellRequest> {
  return {
    name,
    source: (await textOf(files[entry])) ?? '',
    path: entry.startsWith('/') ? entry : `${home}/${entry}`,
    argv: [entry, ...args],
    env: { WASM_ELEMENTS_DISPLAY: 'rich', ...env },
    ...(stdin === undefined ? {} : { stdin }),
    ...(display === undefined ? {} : { display }),
    ...(setup === undefined ? {} : { setup }),
  };
}

/** The block that the attribute names, read now. Throws ENOENT where the page has none, ENOSYS where none can run before. */
export function setupBlock(reference: string | undefined, runtime: Runtime): SetupBlock | undefined {
  if (reference === undefined) return undefined;
  if (runtime.setup !== true)
    throw new KernelError(
      'ENOSYS',
      `setup="${reference}": a block cannot run before a program in ${runtime.title}.`,
      { hint: 'Take the attribute away, or put what it prepares into a hidden file of the sample.' },
    );
  const element = referred(reference);
  if (element === null)
    throw new KernelError('ENOENT', `setup="${reference}" names no element of this page.`, {
      hint: 'Write the id of a block of code, or a selector: setup="lesson-setup".',
    });
  const source = 'code' in element && typeof element.code === 'string' ? element.code : textIn(element);
  return { key: source, source };
}
