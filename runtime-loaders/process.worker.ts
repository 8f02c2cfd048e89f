// process worker entry: only wires. The kernel posts one port, then starts programs over it, one at a time.
import type { PrepareMessage } from '../kernel-core/abi/messages.js';
import { serve } from './process.js';

self.onmessage = ({ data }: MessageEvent<PrepareMessage>) => {
  self.onmessage = null;
  if (data.type === 'prepare' && data.port instanceof MessagePort) serve(data.port);
};
