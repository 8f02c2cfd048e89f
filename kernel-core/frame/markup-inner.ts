// frame: the inner document that shows a piece of untrusted markup (a table, say) as it stands. Nothing in it runs
// but this script: the policy allows its hash alone, no request at all, and the sandbox no window, form or way out.
// What could make a browser look something up by itself is taken out beforehand.
import type { Look, LookMessage, MarkupPayload, MarkupReport } from '../protocol/markup.js';
import { opened } from './opened.js';

/** What loads, navigates or runs. All of it is forbidden as well; `link` could still look up a name. */
const unwanted = 'script, link, meta, base, iframe, frame, object, embed, portal, fencedframe';

/** For markup without a style of its own; tables as notebooks show them. */
const sheet = `
html { overflow: auto; }
body { margin: 0; }
#root { display: flow-root; box-sizing: border-box; overflow-x: auto; padding-block: 2px; line-height: 1.5; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
table:not([border]) :is(th, td), table.dataframe :is(th, td) { border: 0; padding: 0.25em 0.75em; }
table.dataframe { border: 0; }
thead :is(th, td) { border-block-end: 1px solid var(--rule) !important; }
.dataframe th { font-weight: 600; text-align: end; }
.dataframe td { text-align: end; }
.dataframe tbody tr:nth-child(even) { background: color-mix(in srgb, currentcolor 5%, transparent); }
img, svg, video, canvas { max-inline-size: 100%; block-size: auto; }
a { color: inherit; }
`;

opened((payload, [port]) => {
  if (port !== undefined) show(payload as MarkupPayload, port);
});

function show({ html, look }: MarkupPayload, port: MessagePort): void {
  // In a document without a window first: nothing of it is fetched there.
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const scripts = parsed.querySelector('script') !== null;
  for (const element of parsed.querySelectorAll(unwanted)) element.remove();

  const style = document.createElement('style');
  style.textContent = sheet;
  const lookups = document.createElement('meta');
  lookups.httpEquiv = 'x-dns-prefetch-control';
  lookups.content = 'off';
  document.head.append(lookups, style);
  dress(look);
  const root = document.createElement('div');
  root.id = 'root';
  root.append(...parsed.head.childNodes, ...parsed.body.childNodes);
  // A link leads nowhere in here; in Chromium trying would leave an error page.
  const stay = (event: Event): void => {
    if ((event.target as Element | null)?.closest('a, area') !== null) event.preventDefault();
  };
  addEventListener('click', stay, true);
  addEventListener('auxclick', stay, true);
  document.body.append(root);

  let told = -1;
  const tell = (): void => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    const report: MarkupReport = { height, scripts };
    port.postMessage(report);
  };
  new ResizeObserver(tell).observe(root);
  // A frame that is not in view is not observed by every browser.
  for (const type of ['load', 'error', 'toggle']) root.addEventListener(type, tell, true);
  tell();
  port.onmessage = ({ data }: MessageEvent<LookMessage>) => dress(data.look);
}

function dress({ scheme, color, background, rule, fontFamily, fontSize }: Look): void {
  const { style } = document.documentElement;
  Object.assign(style, { colorScheme: scheme, color, background, fontFamily, fontSize });
  style.setProperty('--rule', rule);
}
