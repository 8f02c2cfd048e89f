// net: a request on its way to a server: its head, then its body as fast as the server reads it.
import { isErrno } from '../abi/errno.js';
import { HttpError, membersOf, token, valuesOf, type HeaderList, type HttpRequest } from './http-message.js';
import type { StreamSocket } from './sockets.js';

/** Bytes of a body under way before the next piece is asked for. */
const windowBytes = 256 << 10;

/** Fields that are about the connection and that the client writes itself (RFC 9110, 7.6.1). */
const ours = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
]);

export type BodyLength =
  { readonly by: 'none' } | { readonly by: 'length'; readonly bytes: number } | { readonly by: 'chunks' };

export function lengthOf(request: HttpRequest, port: number): BodyLength {
  const { body } = request;
  if (body instanceof Uint8Array) return { by: 'length', bytes: body.length };
  if (body === undefined) {
    // A method that usually has a body says so when it has none (RFC 9110, 8.6).
    return ['POST', 'PUT', 'PATCH'].includes(request.method) ? { by: 'length', bytes: 0 } : { by: 'none' };
  }
  const [said] = valuesOf(request.headers, 'content-length');
  if (said === undefined) return { by: 'chunks' };
  if (!/^\d{1,15}$/.test(said))
    throw new HttpError('bad-request', port, 'its content-length is not a number');
  return { by: 'length', bytes: Number(said) };
}

/** Whether the request asks for another protocol on the same connection. */
export function asksForUpgrade(headers: HeaderList): boolean {
  return membersOf(headers, 'connection').includes('upgrade') && valuesOf(headers, 'upgrade').length > 0;
}

/** The request's head as bytes. Fails with `bad-request` for what would not be one request (RFC 9112, 11.2). */
export function requestHead(request: HttpRequest, length: BodyLength, port: number): Uint8Array {
  const fail = (detail: string): never => {
    throw new HttpError('bad-request', port, detail);
  };
  const { method, target, headers } = request;
  if (!token.test(method) || method === 'CONNECT') fail('it has no such method');
  if (!/^(?:\/[\x21-\x7e]*|\*)$/.test(target)) fail('its target is no path');
  let head = `${method} ${target} HTTP/1.1\r\n`;
  if (valuesOf(headers, 'host').length === 0) head += `Host: localhost:${port}\r\n`;
  for (const [name, value] of headers) {
    if (!token.test(name)) fail('a header has no name');

    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) fail(`the header ${name} has characters that HTTP has not`);
    if (!ours.has(name.toLowerCase())) head += `${name}: ${value}\r\n`;
  }
  if (asksForUpgrade(headers)) head += 'Connection: Upgrade\r\n';
  if (length.by === 'length') head += `Content-Length: ${length.bytes}\r\n`;
  if (length.by === 'chunks') head += 'Transfer-Encoding: chunked\r\n';
  return Uint8Array.from(`${head}\r\n`, (character) => character.charCodeAt(0));
}

/**
 * Sends a body. Resolves to whether the server got all of it: it may have gone, or answered and stopped reading.
 * Rejects when the body itself fails. `stop` ends it early.
 */
export class BodySender {
  readonly #socket: StreamSocket;
  readonly #port: number;
  #outstanding = 0;
  #stopped = false;
  #wake: (() => void) | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(socket: StreamSocket, port: number) {
    this.#socket = socket;
    this.#port = port;
  }

  async send(body: HttpRequest['body'], length: BodyLength): Promise<boolean> {
    if (body === undefined) return true;
    if (body instanceof Uint8Array) {
      // A copy: what is written belongs to the socket, and a request may be sent twice.
      for (let at = 0; at < body.length; at += windowBytes) {
        if (!(await this.#write(body.slice(at, at + windowBytes)))) return false;
      }
      return true;
    }
    this.#reader = body.getReader();
    try {
      return await this.#sendStream(this.#reader, length);
    } catch (error) {
      this.#reader.cancel(error).catch(ignored);
      throw error;
    }
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    this.#reader?.cancel().catch(ignored);
  }

  async #sendStream(reader: ReadableStreamDefaultReader<Uint8Array>, length: BodyLength): Promise<boolean> {
    let left = length.by === 'length' ? length.bytes : Infinity;
    for (;;) {
      const { done, value } = await reader.read();
      if (this.#stopped) return false;
      if (done) break;
      if (value.length === 0) continue;
      left -= value.length;
      if (left < 0)
        throw new HttpError('bad-request', this.#port, 'its body is longer than its content-length');
      const framed = length.by === 'chunks' ? chunkOf(value) : value;
      if (!(await this.#write(framed))) {
        reader.cancel().catch(ignored);
        return false;
      }
    }
    if (length.by === 'chunks') return this.#write(Uint8Array.of(0x30, 13, 10, 13, 10));
    if (left > 0)
      throw new HttpError('bad-request', this.#port, 'its body is shorter than its content-length');
    return true;
  }

  /** False when the server no longer reads; what it has said about that is in its answer. */
  async #write(bytes: Uint8Array): Promise<boolean> {
    while (this.#outstanding >= windowBytes && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#stopped) return false;
    this.#outstanding += bytes.length;
    try {
      this.#socket.write(bytes, (count) => {
        this.#outstanding -= count;
        if (this.#outstanding < windowBytes) this.#wake?.();
      });
    } catch (error) {
      if (!isErrno(error)) throw error;
      return false;
    }
    return true;
  }
}

function chunkOf(bytes: Uint8Array): Uint8Array {
  const size = bytes.length.toString(16);
  const chunk = new Uint8Array(size.length + bytes.length + 4);
  for (let i = 0; i < size.length; i += 1) chunk[i] = size.charCodeAt(i);
  chunk.set([13, 10], size.length);
  chunk.set(bytes, size.length + 2);
  chunk.set([13, 10], chunk.length - 2);
  return chunk;
}

/** A body that cannot even be cancelled changes nothing for the answer. */
const ignored = (): void => undefined;
