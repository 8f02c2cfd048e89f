// test: a program's output, read up to the next text that is waited for.

export interface Reading {
  /** What came since the last one, up to this text and with it. Rejects when the output ends before. */
  until(text: string): Promise<string>;
  /** The rest. */
  ended(): Promise<string>;
}

export function reading(stream: ReadableStream<Uint8Array>): Reading {
  const reader = stream
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let seen = '';
  return {
    async until(text) {
      while (!seen.includes(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the output ended before “${text}”: ${seen}`);
        seen += value;
      }
      const end = seen.indexOf(text) + text.length;
      const part = seen.slice(0, end);
      seen = seen.slice(end);
      return part;
    },
    async ended() {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return seen;
        seen += value;
      }
    },
  };
}
