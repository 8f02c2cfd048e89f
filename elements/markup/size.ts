// elements/markup: bytes for people.

/** Making a number format costs as much as drawing a widget; a page has few different sizes. */
const formats = new Map<boolean, Intl.NumberFormat>();

/** `5.9 MB`, `87 kB`, in the reader's language. */
export function formatBytes(bytes: number): string {
  const mega = bytes >= 999_500;
  let format = formats.get(mega);
  if (!format) {
    const unit = mega ? 'megabyte' : 'kilobyte';
    format = new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumSignificantDigits: 3 });
    formats.set(mega, format);
  }
  const value = bytes / (mega ? 1e6 : 1e3);
  return format.format(mega ? Math.round(value * 10) / 10 : Math.round(value));
}
