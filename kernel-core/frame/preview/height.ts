// frame/preview: how high the content is, so that the frame can be as high. A page whose height follows the
// frame's (100vh and something) would grow for ever: it is measured until that shows, then left alone.
import type { Channel } from './channel.js';

/** Growths in a row that only answered our own. */
const echoesMax = 2;

export function reportHeight(channel: Channel): void {
  const frame = requestAnimationFrame.bind(window);
  let sent = 0;
  let content = 0;
  /** The frame's height when `sent` was. */
  let viewport = innerHeight;
  /** The document changed since. */
  let changed = true;
  let echoes = 0;
  let scheduled = false;

  const measure = (): void => {
    scheduled = false;
    const root = document.documentElement as HTMLElement | null;
    if (root === null || echoes > echoesMax) return;
    const own = Math.ceil(root.getBoundingClientRect().height);
    // Positioned content sticks out of the root's box. It can make the frame grow, never shrink.
    const overflow = root.scrollHeight > innerHeight ? root.scrollHeight : own < content ? 0 : sent;
    content = own;
    const scrollbar = document.compatMode === 'CSS1Compat' ? innerHeight - root.clientHeight : 0;
    const px = Math.max(own, overflow) + Math.max(0, scrollbar);
    if (px === sent) return;
    echoes = px > sent && innerHeight > viewport && !changed ? echoes + 1 : 0;
    if (echoes > echoesMax) return;
    sent = px;
    viewport = innerHeight;
    changed = false;
    channel.send({ type: 'height', px });
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    frame(measure);
  };
  const observer = new ResizeObserver(schedule);
  observer.observe(document.documentElement);
  if (document.body !== null) observer.observe(document.body);
  new MutationObserver(() => {
    changed = true;
    schedule();
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  addEventListener('load', schedule);
  schedule();
}
