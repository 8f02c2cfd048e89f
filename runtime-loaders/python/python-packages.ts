// runtime-loaders/python: packages a program asks for while it runs, as `python-packages-side.ts` sees it.
import { syscall, type PackagesReply } from '../../kernel-core/abi/syscalls.js';
import type { Syscalls } from '../syscalls.js';

/** `settled` first, then either `error` or what was installed, as `name version`. */
export interface PendingPackages {
  settled: boolean;
  error?: string;
  installed?: readonly string[];
}

/** Begins an installation; `wake` is called once it has settled. Where the process can wait in place it is done then. */
export function beginInstall(
  syscalls: Syscalls,
  wake: () => void,
  requirements: readonly string[],
): PendingPackages {
  const pending: PendingPackages = { settled: false };
  const settle = (answer: unknown): void => {
    const reply = JSON.parse(new TextDecoder().decode(answer as Uint8Array)) as PackagesReply;
    Object.assign(pending, reply, { settled: true });
  };
  const fail = (error: unknown): void => {
    pending.error = error instanceof Error ? error.message : String(error);
    pending.settled = true;
  };
  if (syscalls.canWait) {
    try {
      settle(syscalls.callNow(syscall.installPackages, [requirements]));
    } catch (error) {
      fail(error);
    }
    return pending;
  }
  syscalls.call(syscall.installPackages, [requirements]).then(settle).catch(fail).finally(wake);
  return pending;
}
