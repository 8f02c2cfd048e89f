// Programs that tests run, made by scripts/test-fixtures.mjs, as the lane's browser can pause them.
import { testConfig } from './test-config.js';

/** Where a program is, by its name in test/fixtures: `c/pipes`. In WebKit a program that waits is the one made by asyncify. */
export const programUrl = (name: string): string =>
  `/build/test-fixtures/${name}${testConfig.lane === 'webkit' ? '.asyncify' : ''}.wasm`;
