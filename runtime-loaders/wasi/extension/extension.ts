// runtime-loaders/wasi/extension: what preview 1 lacks and this kernel has, as one import module. Its contract
// for programs is `include/wasm-elements.h`.
import type { Calls } from '../calls.js';
import type { WasiProcess } from '../wasi-process.js';
import { cloneExtension } from './clone.js';
import { descriptorExtension } from './descriptors.js';
import { directoryExtension } from './directories.js';
import { lockExtension } from './locks.js';
import { pageExtension } from './page.js';
import { processExtension } from './processes.js';
import { signalExtension } from './signals.js';
import { terminalExtension } from './terminals.js';
import { socketExtension } from './sockets.js';

/** The module its functions are imported from. */
export const extensionModule = 'wasm_elements';

/** All of them may wait. */
export function extensionCalls(process: WasiProcess): readonly Calls[] {
  return [
    processExtension(process),
    cloneExtension(process),
    descriptorExtension(process),
    directoryExtension(process),
    signalExtension(process),
    terminalExtension(process),
    lockExtension(process),
    pageExtension(process),
    socketExtension(process),
  ];
}
