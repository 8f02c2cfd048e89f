// Starts WebKitWebDriver under xvfb in a process group of its own, so that exactly that group can be ended.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** @param {{ xvfbRun: string, webkitDriver: string, miniBrowser: string }} browsers */
export async function startWebKit({ xvfbRun, webkitDriver, miniBrowser }) {
  const port = await freePort();
  const driver = spawn(xvfbRun, ['-a', webkitDriver, `--port=${port}`], { detached: true, stdio: 'ignore' });
  const end = () => {
    try {
      process.kill(-driver.pid, 'SIGTERM');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  const endAndExit = () => process.exit(1);
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, endAndExit);

  const base = `http://127.0.0.1:${port}`;
  await driverIsUp(base);
  const options = { binary: miniBrowser, args: ['--automation'] };
  const { sessionId } = await command('POST', `${base}/session`, {
    capabilities: {
      alwaysMatch: {
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': options,
        timeouts: { script: 600_000, pageLoad: 120_000 },
      },
    },
  });
  const session = `${base}/session/${sessionId}`;
  return {
    navigate: (url) => command('POST', `${session}/url`, { url }),
    /** Runs a function body in the page; its last argument is a callback that ends the call. */
    executeAsync: (script, args = []) => command('POST', `${session}/execute/async`, { script, args }),
    screenshot: () => command('GET', `${session}/screenshot`),
    /** Any other WebDriver command, e.g. `('POST', '/back', {})`. */
    command: (method, path, body) => command(method, session + path, body),
    async quit() {
      // The browser may be gone already; its group is ended either way.
      await Promise.race([command('DELETE', session).catch(() => {}), sleep(5_000)]);
      process.off('exit', end);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, endAndExit);
      end();
    },
  };
}

async function driverIsUp(base) {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await command('GET', `${base}/status`);
      return;
    } catch {
      await sleep(100); // not listening yet
    }
  }
  throw new Error('WebKitWebDriver did not start within 20 s');
}

async function command(method, url, body) {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = await response.json();
  if (!response.ok)
    throw new Error(`WebDriver ${method} ${new URL(url).pathname}: ${value?.error}: ${value?.message}`);
  return value;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
