// client: the `wasm-elements/kernel` entry. What is below the line is for our own elements.
export { configure, type Configuration } from './configuration.js';
export {
  Kernel,
  type KernelState,
  type KernelStats,
  type Limits,
  type ProcessStats,
  type SandboxOptions,
} from './kernel.js';
export { Sandbox, type RunResult, type SpawnOptions } from './sandbox.js';
export { UpgradedResponse, type DuplexStream } from './upgraded-response.js';
export { AskEvent } from './ask-event.js';
export { Process, type ExitStatus, type Signal } from './process.js';
export { FileSystem, type DirectoryEntry, type FileType, type Stat } from './file-system.js';
export type { FileContent, FileTree } from './file-tree.js';
export type { FileEvent, WatchOptions } from './watch.js';
export type { KernelEvent } from '../protocol/events.js';
export type { NetworkGrant } from './grant.js';
export { PortEvent } from './port-event.js';
export { KernelError } from './kernel-error.js';
export { defineRuntime } from './runtimes.js';
export type { Runtime, RuntimeVersion, Asset, Transport } from '../abi/runtime.js';

export { detectRuntime, downloadSize, prepareRuntime, resolveRuntime, runtimes } from './runtimes.js';
export { parseGrant } from './grant.js';
export type { Progress } from './asset-store.js';
export { unpack } from './unpack.js';
export { Interpreter, type Cell, type Program } from './cells.js';
export { setupArguments, type CellRequest, type SetupBlock } from '../abi/cells.js';
export { installPackages, packageNames, takesPackages, type Asked } from './packages.js';
