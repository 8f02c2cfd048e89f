// abi: engines whose faults need another way and cannot be probed; an entry goes when it is mended.

const { userAgent = '' } = (globalThis as { navigator?: { readonly userAgent?: string } }).navigator ?? {};

/**
 * Firefox (153): nested workers that never start (proc/worker-host.ts), Blobs that never answer (view/page-cache.ts), a
 * kernel that answers late while a process floods it (client/connection.ts).
 */
export const isFirefox = /\bFirefox\//.test(userAgent);

/** WebKit (GTK 2.50): a kernel that a process floods answered too late on a busy machine (client/connection.ts). */
export const isWebKit = /\bAppleWebKit\//.test(userAgent) && !/\bChrom(e|ium)\//.test(userAgent);
