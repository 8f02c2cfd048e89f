// Reads tsc's output with its source map, so that the maps of dist/ lead to the TypeScript.
import { existsSync, readFileSync } from 'node:fs';

export function compiledSource(root) {
  return {
    name: 'compiled-source',
    load(id) {
      if (!id.startsWith(`${root}/build/`) || !existsSync(`${id}.map`)) return null;
      const code = readFileSync(id, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
      return { code, map: JSON.parse(readFileSync(`${id}.map`, 'utf8')) };
    },
  };
}
