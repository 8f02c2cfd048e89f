// elements/markup: bytes for people.

/** `5.9 MB`, `87 kB`, in the reader's language. */
export function formatBytes(bytes: number): string {
  const mega = bytes >= 999_500;
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: mega ? 'megabyte' : 'kilobyte',
    maximumFractionDigits: mega && bytes < 99.95e6 ? 1 : 0,
  }).format(bytes / (mega ? 1e6 : 1e3));
}
