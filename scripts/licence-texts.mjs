// LICENSES.txt of assets made from a package that carries no texts: who made each part, then every licence, once.
import { readFileSync } from 'node:fs';
import { packageDir } from './paths.mjs';

/**
 * `parts`: { name, copyright, source, licence }, the last one an SPDX expression. An exception (`WITH`) only grants
 * more than its licence and has no text of its own here; what is in nobody's copyright says so in `copyright`.
 */
export function licenceTexts(parts) {
  const notices = parts.map(({ name, copyright, source, licence }) =>
    [`${name}${licence === undefined ? '' : ` (${licence})`}`, copyright, source].join('\n'),
  );
  const ids = parts.flatMap(({ licence }) => licence?.split(/ (?:AND|OR) /) ?? []);
  const texts = [...new Set(ids.map((id) => id.replace(/ WITH .*/, '')))]
    .sort()
    .map((id) => `${id}\n${'='.repeat(id.length)}\n\n${textOf(id)}`);
  return `${[...notices, ...texts].join('\n\n')}\n`;
}

const textOf = (id) =>
  JSON.parse(
    readFileSync(`${packageDir('spdx-license-list')}/licenses/${id}.json`, 'utf8'),
  ).licenseText.trim();
