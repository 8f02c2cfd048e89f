// frame: how an inner document receives what its opener sent: once, and from its parent only.

export function opened(receive: (payload: unknown, ports: readonly MessagePort[]) => void): void {
  const listen = (event: MessageEvent): void => {
    const message = event.data as { type?: unknown; payload?: unknown } | null;
    if (event.source !== parent || message?.type !== 'wasm-elements:open') return;
    removeEventListener('message', listen);
    receive(message.payload, event.ports);
  };
  addEventListener('message', listen);
}
