// What every bundle needs: npm packages, maps of our own sources, and silence about nothing.
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { compiledSource } from './compiled-source.mjs';
import { virtualModules } from './virtual-modules.mjs';

export const inputPlugins = (root) => [
  virtualModules(root),
  compiledSource(root),
  nodeResolve({ browser: true }),
];
export const minify = () =>
  terser({ format: { comments: /^!|@license|@preserve|^# allFunctionsCalledOnLoad/ } });

/**
 * The first line of a file of which most functions run: V8 then compiles all of them at once, in a worker that waits for
 * its program, and not one by one when each is called first.
 */
export const compiledAtOnce = '//# allFunctionsCalledOnLoad';

/** What would only fail later in someone's browser fails here; warnings about npm packages are theirs. */
export function onwarn(warning, warn) {
  if (['UNRESOLVED_IMPORT', 'MISSING_EXPORT', 'MISSING_NODE_BUILTINS'].includes(warning.code))
    throw new Error(`rollup: ${warning.message}`);
  const files = warning.ids ?? (warning.id ? [warning.id] : []);
  if (files.length > 0 && files.every((file) => file.includes('/node_modules/'))) return;
  warn(warning);
}
