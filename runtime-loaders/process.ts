// runtime-loaders: a process, from its start message to its exit. Builds the context a loader is given.
// Must always hold: everything the program wrote or changed is posted before its exit is.
import {
  type AnswerList,
  type CallList,
  type KernelMessage,
  type PreloadMessage,
  type ProcessMessage,
  type ProgramImage,
  type SpareAssetMessage,
  type SpareMessage,
  type StartMessage,
} from '../kernel-core/abi/messages.js';
import type { HoldRecord, JournalRecord } from '../kernel-core/abi/journal.js';
import { encodeChanges } from '../kernel-core/abi/journal-codec.js';
import { syscall } from '../kernel-core/abi/syscalls.js';
import { Handles } from './handles.js';
import { KernelOutbound } from './kernel-outbound.js';
import type { Loader, ProcessContext, ProgramEnd } from './runtime.js';
import { restoreIntrinsics, withIntrinsics } from './kept-intrinsics.js';
import { sealRealm } from './seal-realm.js';
import { Signals } from './signals.js';
import { SpareAssets } from './spare-assets.js';
import { StandardStreams } from './standard-streams.js';
import { SyscallError, Syscalls } from './syscalls.js';
import { PageCache } from './view/page-cache.js';
import { pullInPlace } from './view/shared-view.js';
import { View, type SendRecords } from './view/view.js';

/** The loader of the program that ran here before, for a realm that is used again. */
let kept: { readonly key: string; readonly loader: Promise<Loader> } | undefined;

type ToProcess =
  AnswerList | StartMessage | PreloadMessage | SpareMessage | SpareAssetMessage | KernelMessage;

const { isArray } = Array;
const isAnswer = (message: ToProcess): message is AnswerList => isArray(message);

/** Runs the programs the kernel starts over `port`, for as long as the realm may be used again. */
export function serve(port: MessagePort): void {
  const post = port.postMessage.bind(port);
  let handle: ((message: KernelMessage) => void) | undefined;
  let answer: ((answer: AnswerList) => void) | undefined;
  port.onmessage = ({ data }: MessageEvent<ToProcess>) => {
    if (isAnswer(data)) {
      answer?.(data);
      return;
    }
    if (data.type === 'preload') {
      void importLoader(data.key, data.loader as Blob);
      return;
    }
    if (data.type === 'spare') {
      void becomeSpare(data);
      return;
    }
    if (data.type === 'spareAsset') {
      spareAssets.deliver(data);
      return;
    }
    if (data.type !== 'start') {
      handle?.(data);
      return;
    }
    const process = prepare(data, (message: ProcessMessage | CallList, transfer: Transferable[] = []) =>
      post(message, transfer),
    );
    ({ handle, answer } = process);
    void process.run();
  };
}

function prepare(
  start: StartMessage,
  post: (message: ProcessMessage | CallList, transfer?: Transferable[]) => void,
): {
  readonly handle: (message: KernelMessage) => void;
  readonly answer: (answer: AnswerList) => void;
  readonly run: () => Promise<void>;
} {
  const slot = slotOf(start);
  const view = viewFor(start, (records) => {
    syscalls.posted();
    sendRecords(records, post);
  });
  const syscalls: Syscalls = new Syscalls({
    post,
    transport: start.transport,
    slot,
    beforeCall: () => {
      handles.flush();
      view.flush();
    },
    beforeWrite: () => view.flush(),
    hasUnsent: () => view.hasUnsent || handles.hasGathered,
  });
  const handles = new Handles(syscalls, start.limits.unaskedBytes, () => signals.pending);
  for (const each of start.descriptors)
    if (each.kind === 'handle' && each.memory !== undefined) handles.share(each.handle, each.memory);
  pipeMemory = start.pipeMemory ?? pipeMemory;
  view.beforeChange = () => handles.flush();
  if (slot !== undefined) pullInPlace(view, syscalls, slot);
  const signals: Signals = new Signals(syscalls, slot);
  const stdio = new StandardStreams(handles, syscalls, signals, start.descriptors);

  const context: ProcessContext = {
    pid: start.pid,
    argv: start.argv,
    env: start.env,
    cwd: start.cwd,
    runtime: start.runtime,
    get transport() {
      return syscalls.transport;
    },
    suspends: () => syscalls.suspends(),
    alone: start.alone === true,
    limits: start.limits,
    view,
    stdio,
    outbound: new KernelOutbound(syscalls),
    asset: async (name) => {
      const asset = (await syscalls.call(syscall.asset, [name])) as
        { module: WebAssembly.Module } | { bytes: Blob | Uint8Array };
      if ('module' in asset) return asset.module;
      return asset.bytes instanceof Blob ? new Uint8Array(await asset.bytes.arrayBuffer()) : asset.bytes;
    },
    part: async (name) => importSource((await syscalls.call(syscall.part, [name])) as Blob),
    begin: () => post({ type: 'begin' }),
    handles,
    takePipeMemory,
    signals,
    syscalls,
    descriptors: start.descriptors,
    parent: start.parent,
    umask: start.umask,
    ignored: start.ignored ?? [],
    blocked: start.blocked ?? [],
    ...(start.preopens === undefined ? {} : { preopens: start.preopens }),
    ...(start.program === undefined ? {} : { program: programOf(start.program) }),
    ...(start.program?.provided === true ? { isProvided: true } : {}),
    ...(start.clone === undefined ? {} : { clone: start.clone }),
  };

  const fail = (error: unknown): void => {
    restoreIntrinsics();
    handles.flush();
    view.flush();
    // A download that failed has a sentence of its own; anything else is a defect of ours.
    const message =
      error instanceof SyscallError
        ? error.message
        : `The ${start.runtime.name} loader failed: ${describe(error)}`;
    post({ type: 'failed', message });
  };

  // Programs of a loader that leaves a clean realm run no JavaScript in it.
  let isClean = false;
  const run = async (): Promise<void> => {
    let end: ProgramEnd;
    let loader: Loader;
    try {
      loader = await loaderOf(start);
      isClean = loader.reusable === true;
      sealRealm();
      if (loader.handlesErrors !== true) keepErrors(fail);
      if (loader.begins !== true && loader.reusable !== true) context.begin();
      end = await loader.run(context);
      if (!isClean) restoreIntrinsics();
    } catch (error) {
      fail(error);
      return;
    }
    handles.flush();
    view.settle();
    post({
      type: 'exit',
      code: end.code & 255,
      reusable: loader.reusable === true,
      ...(view.isSettled ? { position: view.sequence } : {}),
      ...(end.reason === undefined ? {} : { reason: end.reason }),
      ...(end.message === undefined ? {} : { message: end.message }),
    });
    if (isClean && end.reason === undefined) loader.rest?.();
  };

  const handle = (message: KernelMessage): void => {
    // The program may have replaced what the handlers call.
    if (isClean) act(message);
    else withIntrinsics(() => act(message));
  };
  const answer = (list: AnswerList): void => {
    if (isClean) syscalls.answer(list);
    else withIntrinsics(() => syscalls.answer(list));
  };
  const act = (message: KernelMessage): void => {
    switch (message.type) {
      case 'reply':
        return syscalls.reply(message);
      case 'journal':
        return view.receive(message);
      case 'credit':
        return handles.credit(message.handle, message.taken);
      case 'hangup':
        return handles.hangup(message.handle);
      case 'probe':
        return post({ type: 'alive' });
      case 'signal':
        return signals.receive(message.number);
    }
  };
  return { handle, answer, run };
}

/** From so many records on they are posted as bytes, up to so many: a large file's are not copied once more. */
const packedLeast = 16;
const packedBytesMax = 2 * 1024 * 1024;

function sendRecords(
  records: readonly (JournalRecord | HoldRecord)[],
  post: (message: ProcessMessage, transfer?: Transferable[]) => void,
): void {
  // By index, for a program may have replaced how lists are gone through.
  let bytes = 0;
  for (let index = 0; index < records.length; index += 1) bytes += sizeOf(records[index]!);
  if (records.length >= packedLeast && bytes <= packedBytesMax) {
    const packed = encodeChanges(records);
    return post({ type: 'journal', records: packed }, [packed.buffer]);
  }
  const sent: (JournalRecord | HoldRecord)[] = [];
  for (let index = 0; index < records.length; index += 1) sent[index] = alone(records[index]!);
  post({ type: 'journal', records: sent });
}

/** With no more than its own bytes: a part of a buffer would bring all of it along. */
function alone(record: JournalRecord | HoldRecord): JournalRecord | HoldRecord {
  if (record.op !== 'write' || record.bytes.byteLength === record.bytes.buffer.byteLength) return record;
  return { ...record, bytes: record.bytes.slice() };
}

const sizeOf = (record: JournalRecord | HoldRecord): number =>
  record.op === 'write' ? record.bytes.length : 0;

/** The slot in which programs of this realm are answered. */
let keptSlot: SharedArrayBuffer | undefined;

function slotOf({ transport, slot }: StartMessage): SharedArrayBuffer | undefined {
  if (transport !== 'shared') return undefined;
  keptSlot = slot ?? keptSlot;
  return keptSlot;
}

/** Memory for a pipe that a program here makes, for the first one: no other worker knows it. */
let pipeMemory: SharedArrayBuffer | undefined;

function takePipeMemory(): SharedArrayBuffer | undefined {
  const memory = pipeMemory;
  pipeMemory = undefined;
  return memory;
}

/** Programs that ran here before. */
const programs = new Map<number, WebAssembly.Module>();

function programOf({ id, module, forget }: ProgramImage): WebAssembly.Module {
  if (forget !== undefined) programs.delete(forget);
  if (module instanceof WebAssembly.Module) programs.set(id, module);
  const program = programs.get(id);
  if (program === undefined) throw new Error('The program was not sent.');
  return program;
}

const spareAssets = new SpareAssets();

/** Brings a runtime up before there is a program. Should it fail, the program's own start does it again. */
async function becomeSpare({ key, loader: source }: SpareMessage): Promise<void> {
  try {
    const loader = await importLoader(key, source as Blob);
    sealRealm();
    const [name = '', version = ''] = key.split('@');
    await loader.prepare?.({ runtime: { name, version }, asset: (asset) => spareAssets.asset(asset) });
  } catch (error) {
    console.debug('wasm-elements: a spare could not be made ready:', error);
  }
}

/** The view of the program that ran here before. */
let keptView: View | undefined;

/** The view of this program: the one there was, brought up to date, or a new one. */
function viewFor(start: StartMessage, send: SendRecords): View {
  const { files, inodeLease, byteLease } = start;
  const held = start.descriptors.flatMap((each) =>
    each.kind === 'handle' && each.inode !== undefined ? [each.inode] : [],
  );
  if ('missed' in files) {
    if (keptView === undefined) throw new Error('There is no view to go on with.');
    keptView.addBlocks(files.segments);
    keptView.catchUp({ missed: { pulled: files.missed }, held, inodeLease, byteLease, send });
    return keptView;
  }
  const pages = new PageCache();
  pages.add(files.segments);
  keptView = new View({ image: files.tree, pages, held, inodeLease, byteLease, send });
  return keptView;
}

let failHere: ((error: unknown) => void) | undefined;

/**
 * Errors nobody catches stay in this realm: each one would travel on to the kernel as an event that no
 * flood budget counts, and a program can make a million of them in a loop.
 */
function keepErrors(fail: (error: unknown) => void): void {
  if (failHere === undefined) {
    const listen = (event: ErrorEvent): void => {
      event.preventDefault();
      const tell = failHere;
      failHere = () => undefined;
      tell?.(event.error ?? event.message);
    };
    addEventListener('error', listen, { capture: true });
  }
  failHere = fail;
}

async function loaderOf(start: StartMessage): Promise<Loader> {
  const key = `${start.runtime.name}@${start.runtime.version}`;
  if (start.loader instanceof Blob) return importLoader(key, start.loader);
  if (kept?.key !== key) throw new Error('The loader was not sent.');
  return kept.loader;
}

function importLoader(key: string, source: Blob): Promise<Loader> {
  if (kept?.key === key) return kept.loader;
  const loader = importSource(source) as Promise<Loader>;
  // A preload that fails is told by the program that wants it.
  loader.catch(() => undefined);
  kept = { key, loader };
  return loader;
}

/**
 * Imports self-contained source; it has no URL of its own in an opaque origin. The URL is not revoked: WebKit
 * withholds errors thrown by code whose URL is gone (`ErrorEvent.error` is null). It goes with the worker.
 */
async function importSource(source: Blob): Promise<unknown> {
  return (await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })))) as unknown;
}

/** The stack, which begins with the message in Chromium only. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = `${error.name}: ${error.message}`;
  return error.stack?.startsWith(text) === true ? error.stack : `${text}\n${error.stack ?? ''}`;
}
