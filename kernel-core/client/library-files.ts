// client: the library's own files that go into the frame as text: kernel, process worker, loaders. They
// lie beside this module, wherever the library was loaded from.
import { KernelError } from './kernel-error.js';

const files = new Map<string, Promise<Blob>>();

/** A file of `image/`, as a Blob; a failed fetch is forgotten. Rejects with ENOTFOUND or ENETWORK. */
export function libraryFile(name: string): Promise<Blob> {
  let file = files.get(name);
  if (file === undefined) {
    file = fetchFile(new URL(`./image/${name}`, import.meta.url).href);
    files.set(name, file);
    file.catch(() => files.delete(name));
  }
  return file;
}

async function fetchFile(url: string): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'omit' });
    if (response.ok) return await response.blob();
  } catch (cause) {
    const offline = !navigator.onLine;
    throw new KernelError(
      offline ? 'EOFFLINE' : 'ENETWORK',
      offline ? `The browser is offline and ${url} is not in its cache.` : `${url} could not be downloaded.`,
      {
        hint: 'Try again. From another origin the server must send Access-Control-Allow-Origin, and the page’s Content-Security-Policy must allow it in connect-src.',
        cause,
      },
    );
  }
  throw new KernelError('ENOTFOUND', `${url} answered ${response.status}.`, {
    hint: 'The folder image/ belongs beside the library’s other files.',
  });
}
