// elements/output: one stream's bytes to text. Never splits a character, wherever the chunks are cut.

export class StreamDecoder {
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** A first half of a surrogate pair that ended the last string. */
  #half = '';

  /** Text that is complete so far. Malformed bytes become U+FFFD. */
  decode(chunk: Uint8Array | string): string {
    if (typeof chunk !== 'string') return this.#takeHalf() + this.#decoder.decode(chunk, { stream: true });
    let text = this.#half + chunk;
    this.#half = '';
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#half = text.slice(-1);
      text = text.slice(0, -1);
    }
    return text;
  }

  /** What is left when the stream has ended: U+FFFD for a character that never became complete. */
  end(): string {
    return this.#takeHalf() + this.#decoder.decode();
  }

  #takeHalf(): string {
    if (this.#half === '') return '';
    this.#half = '';
    return '\ufffd';
  }
}
