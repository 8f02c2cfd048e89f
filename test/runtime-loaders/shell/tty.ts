// A shell on a terminal, typed into by a test, which reads what it prints.
import type { Process, Sandbox, SpawnOptions } from 'wasm-elements/kernel';

/** What a program writes to move, clear and colour. */
// eslint-disable-next-line no-control-regex -- that is what is looked for
const sequences = /\x1b(?:\[[0-9;?]*[A-Za-z]|[=>78])/g;

export class ShellOnTty {
  readonly process: Process;
  #text = '';
  #raw = '';
  #come: (() => void) | undefined;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(process: Process) {
    this.process = process;
    this.#writer = process.stdin.getWriter();
    void this.#follow(process.stdout);
  }

  /** Starts `command` and waits for `prompt`. */
  static async start(
    sandbox: Sandbox,
    env: Record<string, string> = {},
    prompt: RegExp = /\$ $/,
    options: SpawnOptions = {},
  ): Promise<ShellOnTty> {
    const process = await sandbox.spawn('sh', [], {
      tty: { columns: 100, rows: 30 },
      env: { PATH: '/usr/bin', HOME: '/home/user', TERM: 'dumb', ...env },
      ...options,
    });
    const shell = new ShellOnTty(process);
    await shell.shows(prompt);
    return shell;
  }

  /** What has been printed since the last `shows`, with its escape sequences. */
  get raw(): string {
    return this.#raw;
  }

  type(keys: string): Promise<void> {
    return this.#writer.write(new TextEncoder().encode(keys));
  }

  /** Resolves when it has printed this, with what came until then; what comes next is looked at anew. */
  async shows(text: RegExp | string): Promise<string> {
    const late = setTimeout(
      () => console.error(`not shown: ${String(text)} in ${JSON.stringify(this.#text)}`),
      25_000,
    );
    while (typeof text === 'string' ? !this.#text.includes(text) : !text.test(this.#text))
      await new Promise<void>((resolve) => (this.#come = resolve));
    clearTimeout(late);
    const shown = this.#text;
    this.#text = '';
    this.#raw = '';
    return shown;
  }

  /** Types a command; resolves with what it printed, once the prompt is there again. */
  async command(line: string): Promise<string> {
    await this.type(`${line}\r`);
    const shown = await this.shows(/\n[^\n]*\$ $/);
    return shown.slice(shown.indexOf('\n') + 1, shown.lastIndexOf('\n') + 1);
  }

  async #follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const text = decoder.decode(value, { stream: true });
      this.#raw += text;
      this.#text += text.replaceAll(sequences, '').replaceAll('\r\n', '\n');
      this.#come?.();
    }
  }
}
