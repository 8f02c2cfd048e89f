// elements/terminal: text to and from the reader's clipboard and disk, each at the reader's own click or key.

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

/** Saves a text file. */
export function saveText(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has the blob by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
