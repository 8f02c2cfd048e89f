// Runs an attack without any sandbox: in a worker or a frame of the test page itself.

export function runPlainly(where: 'worker' | 'window', body: string): Promise<() => void> {
  return where === 'worker' ? inWorker(body) : inWindow(body);
}

/** Resolves when the body has ended, however; the result disposes of the realm. */
async function inWorker(body: string): Promise<() => void> {
  const source = `(async () => { ${body} })().then(() => postMessage('done'), (error) => postMessage(String(error)));`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  await new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.onerror = resolve;
    setTimeout(resolve, 3000);
  });
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
}

async function inWindow(body: string): Promise<() => void> {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const realm = frame.contentWindow as unknown as { eval(source: string): Promise<unknown> };
  await realm.eval(`(async () => { ${body} })()`).catch(() => undefined);
  return () => frame.remove();
}
