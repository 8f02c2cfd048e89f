// elements/display: what a program prints, told apart into text and objects, in its order. Text goes where it always
// went; objects become blocks of the output, up to what a run may show.
import type { OutputStream, OutputView } from '../output/output-view.js';
import type { WasmElementDetails } from '../types.js';
import { displayBlock } from './display-block.js';
import { readObject, type DisplayObject } from './display-object.js';
import { objectBytes, SequenceSplitter, type Part } from './sequences.js';

export interface DisplayOptions {
  readonly output: OutputView;
  /** Nobody wants the rest any more: what is told may have ended the run. */
  isOver(): boolean;
  /** Text of a stream, decoded, without the sequences. */
  onText(stream: OutputStream, text: string): void;
  onObject(detail: WasmElementDetails['wasm-display']): void;
}

/** Of one run. */
const objectsMax = 500;
const bytesMax = 64 * 1024 * 1024;

export class Display {
  readonly #options: DisplayOptions;
  readonly #streams = {
    stdout: { splitter: new SequenceSplitter(), decoder: new TextDecoder() },
    stderr: { splitter: new SequenceSplitter(), decoder: new TextDecoder() },
  };
  #objects = 0;
  #bytes = 0;
  #full = false;

  constructor(options: DisplayOptions) {
    this.#options = options;
  }

  take(stream: OutputStream, bytes: Uint8Array): void {
    for (const part of this.#streams[stream].splitter.split(bytes)) this.#place(stream, part);
  }

  /** Both streams have ended. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const { splitter, decoder } = this.#streams[stream];
      for (const part of splitter.end()) this.#place(stream, part);
      this.#tell(stream, decoder.decode());
    }
  }

  #place(stream: OutputStream, part: Part): void {
    const { output } = this.#options;
    if (this.#options.isOver()) return;
    const { decoder } = this.#streams[stream];
    if (part.type === 'text') {
      output.append(stream, part.bytes);
      this.#tell(stream, decoder.decode(part.bytes, { stream: true }));
      return;
    }
    this.#tell(stream, decoder.decode());
    if (this.#full) return;
    if (part.type === 'lost') return output.note('limit', sentences[part.why]);
    const object = readObject(part);
    if (object === undefined) return output.note('limit', sentences.unreadable);
    this.#objects += 1;
    this.#bytes += part.base64.length;
    if (this.#objects > objectsMax || this.#bytes > bytesMax) {
      this.#full = true;
      return output.note('limit', sentences.many);
    }
    this.#show(stream, object);
  }

  #show(stream: OutputStream, object: DisplayObject): void {
    const { data } = object;
    const forms = Object.keys(data);
    const words = data['text/plain'];
    // What is text only is text.
    if (forms.length === 1 && typeof words === 'string') {
      const line = words.endsWith('\n') ? words : `${words}\n`;
      this.#options.output.append(stream, line);
      this.#tell(stream, line);
      return;
    }
    this.#options.output.place(stream, displayBlock(object));
    this.#options.onObject({ stream, data, alt: object.alt });
  }

  #tell(stream: OutputStream, text: string): void {
    if (text !== '' && !this.#options.isOver()) this.#options.onText(stream, text);
  }
}

const sentences = {
  large: `An object of more than ${objectBytes / 1024 / 1024} MB is not shown.`,
  unfinished: 'An object was begun and not finished; it is not shown.',
  unreadable: 'An object cannot be shown: what the program sent is not in the form it says.',
  many: `More than ${objectsMax} objects, or ${bytesMax / 1024 / 1024} MB of them, are not shown.`,
} as const;
