// curl and wget, small ones of our own: the network is the page's and the sandbox's, so there is little for the real ones
// to do. They are one program.
import { readdirSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, 'net');

export default async function build({ posix }) {
  const sources = readdirSync(folder).filter((each) => each.endsWith('.c'));
  const objects = await posix.compile(
    sources.map((each) => path.join(folder, each)),
    { flags: ['-ffunction-sections', '-fdata-sections'] },
  );
  return new Map([['curl', { bytes: await posix.link(objects), commands: ['curl', 'wget'] }]]);
}
