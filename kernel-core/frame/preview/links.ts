// frame/preview: where a click on a link leads. Pages of the same files are shown by the page around us,
// parts of this one are scrolled to, and everything else stays where it is.
import type { Channel } from './channel.js';
import type { SiteFiles } from './files.js';

/** Listens on the window; `document.open()` removes listeners, so this comes after it. */
export function followLinks(channel: Channel, files: SiteFiles, entry: string): void {
  addEventListener('click', (event) => {
    if (event.defaultPrevented) return;
    const link = event
      .composedPath()
      .find((each): each is HTMLAnchorElement => each instanceof HTMLAnchorElement);
    const reference = link?.getAttribute('href');
    if (reference === null || reference === undefined || /^\s*javascript:/i.test(reference)) return;
    event.preventDefault();
    if (reference.startsWith('#')) return goTo(reference);
    const target = files.resolve(reference, document.baseURI);
    if (target.kind === 'file' && target.path === entry && target.suffix !== '') return goTo(target.suffix);
    if (target.kind === 'file' && /\.html?$/i.test(target.path)) {
      return channel.send({ type: 'navigate', path: target.path, fragment: target.suffix });
    }
    const text =
      target.kind === 'missing'
        ? `${target.path} is not among the files of this page (${files.describe()}).`
        : target.kind === 'file'
          ? `The link to ${target.path} is not followed: it is no HTML page.`
          : `The link to ${target.url} is not followed: a page shown here cannot leave.`;
    channel.print({ level: 'warn', text });
  });
}

/** Submitting is for the author's own listeners; nothing is sent, and the page stays. */
export function holdForms(channel: Channel): void {
  const tell = (): void =>
    channel.print({
      level: 'warn',
      text: 'A form was not sent: forms of a page shown here are not sent anywhere.',
    });
  addEventListener('submit', (event) => {
    if (event.defaultPrevented) return;
    const form = event.target as HTMLFormElement;
    const method = (
      event.submitter?.getAttribute('formmethod') ??
      form.getAttribute('method') ??
      ''
    ).toLowerCase();
    if (method === 'dialog') return;
    event.preventDefault();
    tell();
  });
  HTMLFormElement.prototype.submit = tell;
}

/** Scrolls as a fragment of the URL would, without an entry in the reader's history. */
export function goTo(fragment: string): void {
  location.replace(`about:srcdoc${fragment}`);
}
