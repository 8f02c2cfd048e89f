// client: what a sandbox tells about its ports.

/**
 * A server in a sandbox began to listen on a port (`listen`), or the last one on it is gone (`close`): it closed
 * its socket or its process ended.
 */
export class PortEvent extends Event {
  readonly port: number;

  constructor(type: 'listen' | 'close', port: number) {
    super(type);
    this.port = port;
  }
}
