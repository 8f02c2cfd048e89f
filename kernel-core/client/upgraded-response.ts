// client: what `sandbox.fetch` resolves with when a server changes to another protocol.

/** A connection: what comes, and what goes. */
export interface DuplexStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * The answer `101 Switching Protocols` (RFC 9110, 15.2.2) to a request that asked for another protocol. `status` and
 * `headers` are the server's, there is no body; `socket` is the connection, from the first byte after the head. Closing
 * `socket.writable` ends what is sent; cancelling `socket.readable`, the request's signal, or the server's end closes
 * the connection. It cannot be cloned: TypeError.
 */
export class UpgradedResponse extends Response {
  readonly socket: DuplexStream;

  constructor(
    head: Pick<Response, 'statusText'> & { readonly headers: Iterable<readonly [string, string]> },
    socket: DuplexStream,
  ) {
    // The platform lets nobody make a Response with the status 101.
    super(null, {
      statusText: head.statusText,
      headers: [...head.headers].map(([name, value]) => [name, value]),
    });
    this.socket = socket;
  }

  override get status(): number {
    return 101;
  }

  override get ok(): boolean {
    return false;
  }

  override clone(): never {
    throw new TypeError('A connection cannot be cloned.');
  }
}
