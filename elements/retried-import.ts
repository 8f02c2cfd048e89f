// elements: a lazily imported module, asked for again after a failed download.

/**
 * One download for all elements of a page; a failed one is forgotten. `name` is that of the module's file, without
 * what the bundler adds: Firefox never asks again for a module that failed once, but for another address, and its
 * message has the address.
 */
export function retried<Module>(name: string, load: () => Promise<Module>): () => Promise<Module> {
  let module: Promise<Module> | undefined;
  let failedAt: string | undefined;
  return () =>
    (module ??= (failedAt ? (import(`${failedAt}?${Date.now()}`) as Promise<Module>) : load()).catch(
      (error: unknown) => {
        module = undefined;
        failedAt = RegExp(`https?:[^\\s?'"]+/${name}-[^\\s?'"]+`).exec(String(error))?.[0];
        throw error;
      },
    ));
}
