// proc: what goes over with a start message instead of being cloned. Cloning the columns of a large tree costs four
// times what copying and transferring them does.
import type { TreeImage } from '../abi/journal.js';
import type { StartMessage } from '../abi/messages.js';

/** A smaller tree is cloned as it is: each buffer that is transferred costs something too. */
const inodesLeast = 1000;

type Column = Extract<TreeImage[keyof TreeImage], ArrayBufferView>;

/** The message, and what is to be transferred; the image it was made of stays whole, for the next process. */
export function handed(message: StartMessage): readonly [StartMessage, Transferable[]] {
  const { files, clone } = message;
  const transfer: Transferable[] = clone === undefined ? [] : [clone.memory.buffer];
  if ('missed' in files || files.tree.number.length < inodesLeast) return [message, transfer];
  const copied = Object.entries<unknown>({ ...files.tree }).map(([name, value]): [string, unknown] => {
    if (!ArrayBuffer.isView(value)) return [name, value];
    const column = (value as Column).slice();
    transfer.push(column.buffer);
    return [name, column];
  });
  const tree = Object.fromEntries(copied) as unknown as TreeImage;
  return [{ ...message, files: { ...files, tree } }, transfer];
}
