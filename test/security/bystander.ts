// A process that minds its own business while others misbehave: it answers what it is asked.
import { expect } from 'chai';
import type { Process, Sandbox } from 'wasm-elements/kernel';

/** For the bare worker: gives back every chunk of its input. */
const echo = `
const calls = new Map();
let next = 1;
port.onmessage = ({ data }) => {
  if (data.type === 'reply') calls.get(data.id)(data.value);
};
const read = () => new Promise((resolve) => {
  calls.set(next, resolve);
  port.postMessage({ type: 'syscall', id: next++, number: 1, args: [0, 1000] });
});
for (;;) {
  const bytes = await read();
  if (bytes.length === 0) break;
  port.postMessage({ type: 'write', handle: stdout, bytes: bytes.slice() });
}
`;

export class Bystander {
  readonly #process: Process;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #asked = 0;

  private constructor(process: Process) {
    this.#process = process;
    this.#writer = process.stdin.getWriter();
    this.#reader = process.stdout.getReader();
  }

  /** Starts in a page whose process worker is the bare one. */
  static async start(sandbox: Sandbox): Promise<Bystander> {
    return new Bystander(await sandbox.spawn('javascript', [echo]));
  }

  get process(): Process {
    return this.#process;
  }

  /** It is there and answers. */
  async answers(): Promise<void> {
    this.#asked += 1;
    const question = `question ${this.#asked}`;
    await this.#writer.write(new TextEncoder().encode(question));
    const { value } = await this.#reader.read();
    expect(new TextDecoder().decode(value)).to.equal(question);
  }
}
