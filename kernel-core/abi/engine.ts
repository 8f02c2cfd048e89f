// abi: engines whose faults need another way and cannot be probed; an entry goes when it is mended.

const { userAgent = '' } = (globalThis as { navigator?: { readonly userAgent?: string } }).navigator ?? {};

/** Firefox (153): nested workers that never start (proc/worker-host.ts), Blobs that never answer (view/page-cache.ts). */
export const isFirefox = /\bFirefox\//.test(userAgent);

/** WebKit (GTK 2.50) passes what workers post through the page's thread: what one floods delays the others for seconds. */
export const isWebKit = /\bAppleWebKit\//.test(userAgent) && !/\bChrom(e|ium)\//.test(userAgent);
