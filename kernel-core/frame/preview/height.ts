// frame/preview: how high the content is, so that the frame can be as high. A page whose height follows the
// frame's (100vh and something) would grow for ever: it is measured until that shows, then left alone.
import type { Channel } from './channel.js';

/** Growths in a row that only answered our own. */
const echoesMax = 3;

export function reportHeight(channel: Channel): void {
  const frame = requestAnimationFrame.bind(window);
  let sent = 0;
  let viewport = innerHeight;
  let content = 0;
  let echoes = 0;
  let scheduled = false;

  const measure = (): void => {
    scheduled = false;
    const root = document.documentElement as HTMLElement | null;
    if (root === null) return;
    const resized = innerHeight !== viewport;
    viewport = innerHeight;
    const own = Math.ceil(root.getBoundingClientRect().height);
    // Positioned content sticks out of the root's box. It can make the frame grow, never shrink.
    const overflow = root.scrollHeight > innerHeight ? root.scrollHeight : own < content ? 0 : sent;
    const scrollbar = innerHeight - root.clientHeight;
    const px = Math.max(own, overflow) + (document.compatMode === 'CSS1Compat' ? Math.max(0, scrollbar) : 0);
    content = own;
    if (px === sent) return;
    echoes = resized && px > sent ? echoes + 1 : 0;
    if (echoes >= echoesMax) return;
    sent = px;
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
  new MutationObserver(schedule).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
  addEventListener('load', schedule);
  schedule();
}
