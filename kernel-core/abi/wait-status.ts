// abi: how a process ended, as wait(2) tells it: the status word of Linux, which the macros of sys/wait.h take apart.

export const exitedWith = (code: number): number => (code & 0xff) << 8;
export const killedBy = (signal: number): number => signal & 0x7f;
export const stoppedBy = (signal: number): number => ((signal & 0xff) << 8) | 0x7f;
export const continued = 0xffff;
