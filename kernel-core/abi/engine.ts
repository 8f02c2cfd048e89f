// abi: the engine whose faults need another way and cannot be probed; an entry goes when it is mended.

const { navigator } = globalThis as { readonly navigator?: { readonly userAgent: string } };

/** Firefox (153): nested workers that never start (proc/worker-host.ts), Blobs that never answer (view/page-cache.ts). */
export const isFirefox = /\bFirefox\//.test(navigator?.userAgent ?? '');
