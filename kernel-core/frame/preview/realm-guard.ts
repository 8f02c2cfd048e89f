// frame/preview: takes WebRTC away, which no policy holds, in this window and in the frames made in it: a
// frame with `srcdoc` has a fresh window, so its document gets the same guard put in front.

/**
 * Runs in every window of the preview before anything else; `source` is its own text, so it must stand for
 * itself. What it uses is taken before the author's code can patch it.
 */
export function guardRealm(source: string): void {
  const uncontained = [
    'RTCPeerConnection',
    'webkitRTCPeerConnection',
    'mozRTCPeerConnection',
    'RTCIceTransport',
  ];
  for (const name of uncontained) Reflect.deleteProperty(window, name);

  const { apply } = Reflect;
  const { getAttribute, setAttribute, attachShadow } = Element.prototype;
  const observe = MutationObserver.prototype.observe;
  const length = Object.getOwnPropertyDescriptor(NodeList.prototype, 'length')?.get;
  const { exec } = RegExp.prototype;
  const { startsWith, slice } = String.prototype;
  const doctype = /^\s*<!doctype[^>]*>/i;
  const guard = `<script>(${source})(${JSON.stringify(source)})</script>`;

  const protect = (frame: Element): void => {
    const text = apply(getAttribute, frame, ['srcdoc']);
    if (text === null) return;
    const head = apply(exec, doctype, [text])?.[0] ?? '';
    const rest = apply(slice, text, [head.length]);
    // Setting it again starts the frame over, before the document it had been given could begin.
    if (!apply(startsWith, rest, [guard])) apply(setAttribute, frame, ['srcdoc', head + guard + rest]);
  };
  const watch = (root: Document | ShadowRoot, select: ParentNode['querySelectorAll']): void => {
    const observer = new MutationObserver(() => {
      const frames = apply(select, root, ['iframe[srcdoc]']) as NodeListOf<Element>;
      const count = length === undefined ? 0 : (apply(length, frames, []) as number);
      for (let index = 0; index < count; index++) protect(frames[index] as Element);
    });
    apply(observe, observer, [root, { subtree: true, childList: true, attributeFilter: ['srcdoc'] }]);
  };
  watch(document, Document.prototype.querySelectorAll);
  const inShadow = DocumentFragment.prototype.querySelectorAll;
  Element.prototype.attachShadow = function (this: Element, init: ShadowRootInit) {
    const root = apply(attachShadow, this, [init]);
    watch(root, inShadow);
    return root;
  };
}
