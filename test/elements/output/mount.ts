import { OutputView, type OutputViewOptions } from '../../../elements/output/output-view.js';

/** A view in a shadow root of its own, as an element mounts it. */
export function mountView(options: Partial<OutputViewOptions> = {}): {
  host: HTMLElement;
  root: ShadowRoot;
  view: OutputView;
} {
  const host = document.createElement('div');
  document.body.append(host);
  const root = host.attachShadow({ mode: 'open' });
  return { host, root, view: new OutputView({ parent: root, ...options }) };
}

/** The next frame that the browser shows. */
export const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
