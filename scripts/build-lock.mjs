// One build at a time: two of them would tear each other's files in build/ and dist/.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './paths.mjs';

const file = inRoot('build', '.lock');

/** Runs `work` while holding the lock; the lock of a process that died is taken over. */
export async function withBuildLock(work) {
  mkdirSync(inRoot('build'), { recursive: true });
  for (let told = false; !acquire(); told = true) {
    if (!told) console.log('waiting for another build to finish …');
    await sleep(300);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function acquire() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!holderIsAlive()) rmSync(file, { force: true });
  return false;
}

function holderIsAlive() {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Just created and not yet written counts as alive.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
