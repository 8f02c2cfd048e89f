// abi: signal numbers. Imports nothing. Numbers as on Linux x86-64 (signal(7)).

export const signals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGWINCH: 28,
} as const;

export type SignalName = keyof typeof signals;

const names = new Map<number, SignalName>(
  Object.entries(signals).map(([name, number]) => [number, name as SignalName]),
);

/** The name of a signal number, or `undefined` when there is no such signal. */
export function signalName(number: number): SignalName | undefined {
  return names.get(number);
}

/** The number of a signal name, or `undefined` when there is no such signal. */
export function signalNumber(name: string): number | undefined {
  return Object.hasOwn(signals, name) ? signals[name as SignalName] : undefined;
}
