// Replaces files of the library's image/ by a test's own before the kernel fetches them: a process worker
// that seals nothing and hides nothing is what an attacker has who got past our code. What still holds then
// is held by the browser.
// To be installed before the first `Kernel.boot()` of a page.

export function replaceLibraryFile(name: string, change: (source: string) => string): void {
  const native = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const response = await native(input, init);
    if (!new URL(url, location.href).pathname.endsWith(`/image/${name}`)) return response;
    return new Response(change(await response.text()), { headers: { 'content-type': 'text/javascript' } });
  };
}

/**
 * A process worker that runs `argv[1]` as the body of an async function with everything in reach: `port`
 * (its process port), `start` (its start message), `stdout` (the handle of fd 1), `print(text)`, `exit(code)`. It exits when the body ends.
 */
export const bareWorker = `
onmessage = ({ data: { port } }) => {
  self.onmessage = null;
  let stdout;
  const print = (text) => port.postMessage({ type: 'write', handle: stdout, bytes: new TextEncoder().encode(text + '\\n') });
  const exit = (code) => port.postMessage({ type: 'exit', code, reusable: false });
  port.onmessage = ({ data }) => {
    if (data.type !== 'start') return;
    stdout = data.descriptors.find(({ fd }) => fd === 1).handle;
    const AsyncFunction = (async () => {}).constructor;
    const run = new AsyncFunction('port', 'start', 'stdout', 'print', 'exit', data.argv[1]);
    port.postMessage({ type: 'begin' });
    run(port, data, stdout, print, exit).then(() => exit(0), (error) => { print(String(error)); exit(1); });
  };
};
`;
