// proc: checks what comes over a process port before anyone acts on it. A process is an attacker: every
// field may have any type, getters included (structured clone removes those), any size, any depth.
import type { HoldRecord, JournalRecord } from '../abi/journal.js';
import { decodeChanges, JournalFormatError } from '../abi/journal-codec.js';
import type { ProcessMessage } from '../abi/messages.js';

/** A view sends at most a quarter of it at a time: one message must never keep the kernel or the page busy. */
const recordsMax = 4000;
/** Of a system call. */
const argumentsMax = 8;
const nameLengthMax = 1024;
const messageTextMax = 4000;

/** As `ProcessMessage`; records are objects, however they came. */
export type CheckedMessage =
  | Exclude<ProcessMessage, { type: 'journal' }>
  | { readonly type: 'journal'; readonly records: readonly (JournalRecord | HoldRecord)[] };

/** The message, built anew from checked fields, or undefined. */
export function checkMessage(data: unknown): CheckedMessage | undefined {
  if (Array.isArray(data)) return checkCallList(data);
  if (!isObject(data)) return undefined;
  switch (data['type']) {
    case 'write':
      return isHandle(data['handle']) && isBytes(data['bytes'])
        ? { type: 'write', handle: data['handle'], bytes: compact(data['bytes']) }
        : undefined;
    case 'moved':
      return isHandle(data['handle']) ? { type: 'moved', handle: data['handle'] } : undefined;
    case 'syscall':
      return isCount(data['id']) &&
        isCount(data['number']) &&
        Array.isArray(data['args']) &&
        data['args'].length <= argumentsMax
        ? { type: 'syscall', id: data['id'], number: data['number'], args: data['args'] as unknown[] }
        : undefined;
    case 'journal': {
      const records = isBytes(data['records']) ? unpacked(data['records']) : data['records'];
      if (!Array.isArray(records) || records.length > recordsMax) return undefined;
      const checked: (JournalRecord | HoldRecord)[] = [];
      for (const each of records as unknown[]) {
        const record = checkRecord(each);
        if (record === undefined) return undefined;
        checked.push(record);
      }
      return { type: 'journal', records: checked };
    }
    case 'exit': {
      const { code, reason, message, reusable, position } = data;
      if (!isCount(code) || code > 255 || typeof reusable !== 'boolean') return undefined;
      return {
        type: 'exit',
        code,
        reusable,
        ...(isCount(position) ? { position } : {}),
        ...(reason === 'trap' || reason === 'memory' ? { reason } : {}),
        ...(typeof message === 'string' ? { message: message.slice(0, messageTextMax) } : {}),
      };
    }
    case 'begin':
      return { type: 'begin' };
    case 'alive':
      return { type: 'alive' };
    case 'failed':
      return typeof data['message'] === 'string'
        ? { type: 'failed', message: data['message'].slice(0, messageTextMax) }
        : undefined;
    default:
      return undefined;
  }
}

/** Records that came as bytes; what is allowed in them is for `checkRecord` to say. */
function unpacked(bytes: Uint8Array): readonly (JournalRecord | HoldRecord)[] | undefined {
  try {
    return decodeChanges(bytes, recordsMax);
  } catch (error) {
    if (error instanceof JournalFormatError) return undefined;
    throw error;
  }
}

function checkCallList(list: readonly unknown[]): CheckedMessage | undefined {
  if (list.length < 2 || list.length > 2 + argumentsMax) return undefined;
  for (const each of list) if (typeof each !== 'number') return undefined;
  const [id, number, ...args] = list;
  return isCount(id) && isCount(number) ? { type: 'syscall', id, number, args } : undefined;
}

/** Bytes a message brings, for the flood budget: whole buffers, for that is what was copied. */
export function weigh(data: unknown): number {
  if (!isObject(data)) return 0;
  if (Array.isArray(data)) return data.length * 8;
  if (data['type'] === 'write') return isBytes(data['bytes']) ? data['bytes'].buffer.byteLength : 0;
  if (data['type'] === 'syscall') return weighArguments(data['args']);
  if (data['type'] !== 'journal') return 0;
  if (isBytes(data['records'])) return data['records'].buffer.byteLength;
  if (!Array.isArray(data['records'])) return 0;
  let bytes = 0;
  for (const record of data['records'] as unknown[]) {
    if (isObject(record) && isBytes(record['bytes'])) bytes += record['bytes'].buffer.byteLength;
  }
  return bytes;
}

/** Arguments are numbers, short texts, lists, and objects that may hold bytes or a list of such objects. */
function weighArguments(args: unknown): number {
  let bytes = 0;
  for (const argument of Array.isArray(args) ? (args as unknown[]).slice(0, 8) : []) {
    if (typeof argument === 'string') bytes += argument.length;
    if (Array.isArray(argument)) bytes += argument.length * 8;
    if (ArrayBuffer.isView(argument)) bytes += argument.buffer.byteLength;
    else if (argument instanceof ArrayBuffer) bytes += argument.byteLength;
    else if (isObject(argument)) bytes += weighObject(argument);
  }
  return bytes;
}

/** A request's body, a record's bytes, the input a child is given. */
function weighObject({ body, bytes, descriptors }: Record<string, unknown>): number {
  const own = [body, bytes].reduce<number>(
    (sum, each) => sum + (isBytes(each) ? each.buffer.byteLength : 0),
    0,
  );
  // No more are allowed, and a list may claim any length.
  const inner: unknown[] = Array.isArray(descriptors) ? descriptors.slice(0, 1025) : [];
  return inner.reduce<number>((sum, each) => {
    return sum + (isObject(each) && isBytes(each['bytes']) ? each['bytes'].buffer.byteLength : 0);
  }, own);
}

/** A journal record built anew from checked fields, or undefined. */
export function checkRecord(record: unknown): JournalRecord | HoldRecord | undefined {
  if (!isObject(record)) return undefined;
  const { op, timeMs } = record;
  if (op === 'hold' || op === 'release') {
    return isCount(record['inode']) ? { op, inode: record['inode'] } : undefined;
  }
  if (!isTime(timeMs)) return undefined;
  switch (op) {
    case 'create': {
      const { inode, parent, name, type, mode, target } = record;
      if (!isCount(inode) || !isCount(parent) || !isName(name) || !isCount(mode)) return undefined;
      if (type !== 'file' && type !== 'directory' && type !== 'symlink') return undefined;
      if (target !== undefined && (typeof target !== 'string' || target.length > 4096)) return undefined;
      const made = { op, inode, parent, name, type, mode, timeMs } as const;
      return target === undefined ? made : { ...made, target };
    }
    case 'write': {
      const { inode, position, bytes } = record;
      return isCount(inode) && isCount(position) && isBytes(bytes)
        ? { op, inode, position, bytes: compact(bytes), timeMs }
        : undefined;
    }
    case 'truncate': {
      const { inode, size } = record;
      return isCount(inode) && isCount(size) ? { op, inode, size, timeMs } : undefined;
    }
    case 'link': {
      const { inode, parent, name } = record;
      return isCount(inode) && isCount(parent) && isName(name)
        ? { op, inode, parent, name, timeMs }
        : undefined;
    }
    case 'unlink': {
      const { parent, name } = record;
      return isCount(parent) && isName(name) ? { op, parent, name, timeMs } : undefined;
    }
    case 'rename': {
      const { parent, name, toParent, toName } = record;
      return isCount(parent) && isName(name) && isCount(toParent) && isName(toName)
        ? { op, parent, name, toParent, toName, timeMs }
        : undefined;
    }
    case 'attributes': {
      const { inode, mode, accessedMs, modifiedMs } = record;
      if (!isCount(inode)) return undefined;
      if (mode !== undefined && !isCount(mode)) return undefined;
      if (accessedMs !== undefined && !isTime(accessedMs)) return undefined;
      if (modifiedMs !== undefined && !isTime(modifiedMs)) return undefined;
      return {
        op,
        inode,
        timeMs,
        ...(mode === undefined ? {} : { mode }),
        ...(accessedMs === undefined ? {} : { accessedMs }),
        ...(modifiedMs === undefined ? {} : { modifiedMs }),
      };
    }
    default:
      return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isHandle(value: unknown): value is number {
  return isCount(value) && value < 2 ** 20;
}

/** Whether a name is valid is for the tree to say; here only its size counts. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= nameLengthMax;
}

function isBytes(value: unknown): value is Uint8Array {
  // Shared memory could change after it was checked.
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer;
}

/** Passing on a view passes on its whole buffer: one byte must not bring 60 MB to the page. */
function compact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
