// frame: the inner document of a preview. It turns the author's files into one self-contained document and
// becomes it, by `document.open()` and `write()`: the window stays, and with it the policy, the blob: URLs
// and the control port, which only this script ever holds. What runs after that is untrusted.
import type { PreviewPayload } from '../protocol/preview.js';
import { opened } from './opened.js';
import { openChannel } from './preview/channel.js';
import { captureConsole } from './preview/console.js';
import { reportErrors, reportViolations } from './preview/errors.js';
import { readTexts, SiteFiles, urlOf } from './preview/files.js';
import { reportHeight } from './preview/height.js';
import { followLinks, goTo, holdForms } from './preview/links.js';
import { guardRealm } from './preview/realm-guard.js';
import { guardLoops, loopTurn, turnName } from './preview/loop-guard.js';
import { rewriteMarkup, type Site } from './preview/markup.js';
import { serveRequests } from './preview/requests.js';
import { editScript, type EditedScript } from './preview/script-edits.js';
import { absoluteImports, resolveImport, resolverName } from './preview/script-references.js';
import { standIns } from './preview/stand-ins.js';
import { rewriteStyle } from './preview/style-references.js';

/** After that a frame without styles is taken for one that is not displayed. */
const hiddenMs = 100;

opened((payload, [port]) => {
  if (port !== undefined) void show(payload as PreviewPayload, port);
});

async function show(payload: PreviewPayload, port: MessagePort): Promise<void> {
  const { entry, fragment, grant } = payload;
  const channel = openChannel(port);
  const warn = (text: string, file: string, line: number): void =>
    channel.print({ level: 'error', text, file, line });

  const files: SiteFiles = new SiteFiles(await readTexts(payload.files), {
    css: (text, path) => ({
      text: rewriteStyle(text, (reference, offset) => {
        const target = files.resolve(reference, urlOf(path));
        if (target.kind === 'missing') missing(target.path, path, text, offset);
        if (target.kind === 'file') return files.load(target.path) + target.suffix;
        return target.kind === 'elsewhere' ? target.url : undefined;
      }),
    }),
    js: (text, path) => script(text, path, urlOf(path)),
    mjs: (text, path) => script(text, path, urlOf(path)),
  });
  function script(text: string, path: string, base: string): EditedScript {
    const imports = absoluteImports(text, base, (specifier, offset) => {
      const target = files.resolve(specifier, base);
      if (target.kind === 'missing') missing(target.path, path, text, offset);
    });
    return editScript(text, [...imports, ...guardLoops(text)]);
  }
  function missing(missed: string, path: string, text: string, offset: number): void {
    if (files.missed.has(missed)) return;
    files.missed.add(missed);
    const line = text.slice(0, offset).split('\n').length;
    warn(`${missed} is not among the files of this page (${files.describe()}).`, path, line);
  }

  const granted = (url: string): boolean => isGranted(url, grant);
  const site: Site = { files, script, granted, warn };
  const { html } = rewriteMarkup(site, entry);
  await laidOut();

  Object.defineProperty(window, resolverName, { value: resolveImport });
  Object.defineProperty(window, turnName, { value: loopTurn() });
  guardRealm(guardRealm.toString());
  standIns(channel);
  captureConsole(channel, files);
  document.open();
  reportErrors(channel, files);
  reportViolations(channel, files, granted, grant);
  addEventListener('pagehide', () => channel.send({ type: 'leaving' }));
  // In a task after the author's own listeners.
  const later = setTimeout.bind(window);
  addEventListener('load', () => later(() => channel.send({ type: 'loaded' })), { once: true });
  channel.send({ type: 'started' });
  serveRequests(channel, files);
  document.write(html);
  document.close();
  followLinks(channel, files, entry);
  holdForms(channel);
  reportHeight(channel);
  if (fragment !== '') addEventListener('load', () => goTo(fragment), { once: true });
}

/**
 * A frame of another process has no styles in Firefox before the page around it was laid out, and scripts of the author
 * would be told none. Where it is not displayed it never has.
 */
async function laidOut(): Promise<void> {
  if (getComputedStyle(document.documentElement).display !== '') return;
  await new Promise((resolve) => {
    requestAnimationFrame(resolve);
    setTimeout(resolve, hiddenMs);
  });
}

/** Only for sentences and hints; what holds is the policy. */
function isGranted(url: string, grant: PreviewPayload['grant']): boolean {
  if (grant === 'none') return false;
  if (grant === '*') return true;
  try {
    const { host, hostname, origin } = new URL(url);
    return grant.some((each) => each === host || each === hostname || each === origin);
  } catch {
    return false;
  }
}
