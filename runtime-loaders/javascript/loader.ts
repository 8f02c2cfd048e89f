// javascript loader: runs one program on the browser's own engine, from its entry file to its end.
// Must always hold: `end` is called once; everything the program printed is handed to stdio before it.
import { takeSetup } from '../../kernel-core/abi/cells.js';
import { restoreIntrinsics } from '../kept-intrinsics.js';
import { sealRealm } from '../seal-realm.js';
import type { Loader, ProcessContext, ProgramEnd } from '../runtime.js';
import { Program } from './program.js';

/** By `Program`, which tells the reader of them. */
export const handlesErrors: Loader['handlesErrors'] = true;

/** Runs `argv[1]`; what follows are the program's arguments. */
export function run(given: ProcessContext): Promise<ProgramEnd> {
  sealRealm();
  const { argv, setup } = takeSetup(given.argv);
  const context = Object.create(given, { argv: { value: argv } }) as ProcessContext;
  return new Promise((resolve) => {
    const program = new Program(context, setup, (end) => {
      restoreIntrinsics();
      // Without a prototype: `Object.prototype.then` of the program's making would be called otherwise.
      resolve(Object.assign(Object.create(null) as object, end));
    });
    void program.start();
  });
}
