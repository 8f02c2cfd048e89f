// net: one request to outside as an open file, from which its answer is read (`abi/outbound.ts` says how it looks).
// Must always hold: a file that is closed leaves no request under way.
import { answerHead, type OutboundRequest } from '../abi/outbound.js';
import { Errno } from '../abi/errno.js';
import { access } from '../abi/syscalls.js';
import { ByteQueue } from '../file/byte-queue.js';
import { readiness, type OpenFile } from '../file/open-file.js';
import type { Caller } from '../file/wait-queue.js';
import type { OutboundAnswer, OutboundHttp } from './outbound.js';

const pieceBytes = 256 * 1024;
const notCounted = (): void => undefined;

export class OutboundFile implements OpenFile {
  readonly kind = 'pipe';
  readonly access = access.read;
  readonly #queue = new ByteQueue();
  readonly #outbound: OutboundHttp;

  constructor(outbound: OutboundHttp, request: OutboundRequest) {
    this.#outbound = outbound;
    void outbound.fetch(request, this).then((answer) => this.#fill(answer));
  }

  read(max: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#queue.read(max, caller);
  }

  write(): never {
    throw new Errno('EBADF');
  }

  get ready(): number {
    const { length, ended } = this.#queue;
    return (length > 0 ? readiness.read : 0) | (ended ? readiness.hangup : 0);
  }

  watch(changed: () => void): () => void {
    return this.#queue.changed.watch(changed);
  }

  close(): void {
    this.#outbound.abandon(this);
    this.#queue.discard();
  }

  #fill(answer: OutboundAnswer): void {
    const encoder = new TextEncoder();
    const put = (bytes: Uint8Array): void => this.#queue.push(bytes, notCounted);
    if (answer.ok) {
      const { status, statusText, headers, body } = answer.response;
      put(encoder.encode(answerHead(status, statusText, headers)));
      // What is read is posted with the whole buffer it lies in.
      for (let at = 0; at < body.length; at += pieceBytes) put(body.slice(at, at + pieceBytes));
    } else {
      put(encoder.encode(answerHead(0, answer.failure.code, []) + answer.failure.message));
    }
    this.#queue.end();
  }
}
