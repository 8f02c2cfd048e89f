// client: broker frames, one for each sandbox with a network grant. The page, not the kernel, decides what
// grant a frame enforces; the kernel only gets its port.
import { openFrame, innerDocument, innerScriptHash } from './frame.js';
import { grantSources, type NetworkGrant } from './grant.js';

export interface Broker {
  /** For the kernel. */
  readonly port: MessagePort;
  dispose(): void;
}

/** Opens a broker for a grant; `none` needs none. */
export async function openBroker(grant: NetworkGrant): Promise<Broker | undefined> {
  if (grant === 'none' || grant.length === 0) return undefined;
  const csp =
    `default-src 'none'; script-src ${innerScriptHash('broker')}; connect-src ${grantSources(grant)}; ` +
    "base-uri 'none'; form-action 'none'";
  const { port1, port2 } = new MessageChannel();
  const frame = await openFrame({
    csp,
    html: innerDocument('broker', csp),
    ports: [port2],
    title: 'wasm-elements network',
  });
  return { port: port1, dispose: () => frame.remove() };
}
