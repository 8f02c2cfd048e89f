// runtime-loaders/python: fds 0, 1 and 2 as Emscripten devices that take whole blocks; Emscripten's own go
// byte by byte.
import type { ProcessContext } from '../runtime.js';
import type { FsStream, PyodideModule, StreamOperations } from './emscripten.js';
import type { Interrupts } from './interrupts.js';
import { StandardInput } from './standard-input.js';
import { StandardOutput } from './standard-output.js';
import type { Suspension } from './suspension.js';

const deviceMajor = 64;
/** poll(2) */
const POLLIN = 1;
const POLLOUT = 4;

/** A stream of one of the devices, also when it was duplicated to another fd. */
interface StandardStream extends FsStream {
  standard?: number;
}

/** Which of the three a stream is, also under another number; undefined: none of them. */
export const standardOf = (stream: FsStream): number | undefined => (stream as StandardStream).standard;

export class StandardStreams {
  readonly input: StandardInput;
  readonly output: StandardOutput;
  readonly #context: ProcessContext;

  constructor(context: ProcessContext, suspension: Suspension, interrupts: Interrupts) {
    this.output = new StandardOutput(context, suspension, interrupts);
    this.input = new StandardInput(context, suspension, this.output, interrupts);
    this.#context = context;
  }

  /** Makes the devices and opens those that the process has as fds 0, 1 and 2. */
  open(module: PyodideModule): void {
    const { FS } = module;
    for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
      const device = FS.makedev(deviceMajor, fd);
      FS.registerDevice(device, this.#operations(module, fd));
      FS.mkdev(`/dev/${name}`, 0o666, device);
      FS.open(`/dev/${name}`, fd === 0 ? 0 : 1);
    }
    // Only now: each opens as the lowest number that is free.
    for (let fd = 0; fd < 3; fd += 1)
      if (!this.#context.descriptors.some((each) => each.fd === fd)) FS.closeStream(fd);
  }

  isInput(module: PyodideModule, fd: number): boolean {
    const stream: StandardStream | null | undefined = module.FS.getStream(fd);
    return stream?.standard === 0;
  }

  #operations(module: PyodideModule, fd: number): Partial<StreamOperations> {
    return {
      open: (stream) => {
        stream.seekable = false;
        (stream as StandardStream).standard = fd;
        if (this.#context.stdio.isTerminal(fd)) stream.tty = { ops: { ioctl_tiocgwinsz: () => [24, 80] } };
      },
      // Reads of fd 0 are taken at fd_read, where they can wait.
      read: () => 0,
      write: (_stream, buffer, offset, length) => {
        this.output.write(module, fd, new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length));
        return length;
      },
      poll: () => (fd > 0 ? POLLOUT : this.input.ready ? POLLIN : 0),
    };
  }
}
