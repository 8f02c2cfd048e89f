// elements/terminal: text to and from the reader's clipboard, each at the reader's own click or key.

/** Says so where the browser refuses. */
export function copyText(text: string, say: (sentence: string) => void): void {
  if (text === '') return;
  const refused = (): void => say('The browser did not let this page copy.');
  if (navigator.clipboard === undefined) return refused();
  navigator.clipboard.writeText(text).catch(refused);
}

/** Undefined where the browser, or the reader, refuses. */
export async function readText(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return undefined; // refused, or there is no such thing: the same to the reader
  }
}
