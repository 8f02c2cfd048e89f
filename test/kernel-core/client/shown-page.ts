// For the preview's tests: a page shown in the document, and waiting for what its console says.
import { showPage, type ConsoleEntry, type Page } from '../../../kernel-core/client/preview.js';
import type { FileTree } from '../../../kernel-core/client/file-tree.js';
import type { NetworkGrant } from '../../../kernel-core/client/grant.js';

export interface ShownPage extends Page {
  readonly entries: ConsoleEntry[];
  readonly heights: number[];
  /** The first entry, past or coming, whose text holds `text`. */
  entry(text: string): Promise<ConsoleEntry>;
  /** All texts, one a line, for `expect(…).to.include`. */
  texts(): string;
  until<T>(look: () => T | undefined): Promise<T>;
}

const patienceMs = 30_000;
const open = new Set<Page>();

export interface ShowOptions {
  readonly entry?: string;
  readonly grant?: NetworkGrant;
  readonly parent?: Element;
  readonly signal?: AbortSignal;
}

export async function show(files: string | FileTree, options: ShowOptions = {}): Promise<ShownPage> {
  const entries: ConsoleEntry[] = [];
  const heights: number[] = [];
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const look of [...waiting]) look();
  };
  const page = await showPage({
    parent: options.parent ?? document.body,
    files: typeof files === 'string' ? { 'index.html': files } : files,
    entry: options.entry ?? 'index.html',
    grant: options.grant ?? 'none',
    title: 'test page',
    onConsole(entry) {
      entries.push(entry);
      changed();
    },
    onHeight(px) {
      heights.push(px);
      changed();
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  open.add(page);
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle = (): void => {
        waiting.delete(look);
        clearTimeout(watchdog);
      };
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        settle();
        resolve(found);
      };
      // Only for a message that says more than mocha's: what the page did print.
      const watchdog = setTimeout(() => {
        settle();
        reject(new Error(`it never came; heights ${heights.join(' ')}; console:\n${texts()}`));
      }, patienceMs);
      waiting.add(look);
      look();
    });
  const texts = (): string => entries.map((entry) => entry.text).join('\n');
  return {
    element: page.element,
    dispose: () => page.dispose(),
    entries,
    heights,
    until,
    entry: (text) => until(() => entries.find((entry) => entry.text.includes(text))),
    texts,
  };
}

/** After each test. */
export function disposeAll(): void {
  for (const page of open) page.dispose();
  open.clear();
}

/** A page of one script, which starts on line 2. */
export const script = (code: string): string => `<body><script>\n${code}\n</script>`;
