// elements/terminal: addresses that programs print. Only those of the web are links; they open beside the page, which
// they neither see nor are told of.

/** Whether it is an absolute http or https address. */
export function isWebAddress(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false; // no address at all
  }
}

/** Opens an address of the web in a new tab; others do nothing. */
export function openAddress(text: string): void {
  if (isWebAddress(text)) open(new URL(text), '_blank', 'noopener,noreferrer');
}
