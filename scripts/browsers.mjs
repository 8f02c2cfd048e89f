// The three browsers come from the system. As root on a Debian-like system they are installed; elsewhere
// the command to run is printed. Environment variables name browsers that are somewhere else.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { must } from './run.mjs';

const packages = ['chromium', 'firefox-esr', 'webkit2gtk-driver', 'xvfb', 'xauth'];

const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/** Paths of what the test lanes start; undefined where it is missing. */
export function findBrowsers() {
  return {
    chromium:
      process.env.CHROMIUM ?? onPath('chromium') ?? onPath('chromium-browser') ?? onPath('google-chrome'),
    firefox: process.env.FIREFOX ?? onPath('firefox-esr') ?? onPath('firefox'),
    webkitDriver: process.env.WEBKIT_DRIVER ?? onPath('WebKitWebDriver'),
    miniBrowser: process.env.MINI_BROWSER ?? findMiniBrowser(),
    xvfbRun: onPath('xvfb-run'),
    xauth: onPath('xauth'),
  };
}

export async function ensureBrowsers() {
  if (missing().length === 0) return;
  const update = ['update'];
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (!isDebianLike() || process.getuid?.() !== 0) {
    console.error(`The tests need ${missing().join(', ')}. On a Debian-like system run as root:\n`);
    console.error(`  apt-get ${update.join(' ')} && apt-get ${install.join(' ')}\n`);
    console.error('or name them in CHROMIUM, FIREFOX, WEBKIT_DRIVER and MINI_BROWSER.');
    process.exit(1);
  }
  console.log(`installing ${missing().join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await must('apt-get', update, { env });
  await must('apt-get', install, { env });
  if (missing().length > 0) {
    console.error(`still missing after the installation: ${missing().join(', ')}`);
    process.exit(1);
  }
}

function missing() {
  return Object.entries(findBrowsers()).flatMap(([name, file]) => (file ? [] : [name]));
}

function isDebianLike() {
  if (!onPath('apt-get') || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** MiniBrowser is not on the PATH: it lies in a folder named after the machine and the WebKit version. */
function findMiniBrowser() {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`) : [];
  return ['/usr/lib', '/usr/libexec', ...folders]
    .flatMap((folder) =>
      ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'].map((name) => `${folder}/${name}/MiniBrowser`),
    )
    .find((file) => existsSync(file));
}
