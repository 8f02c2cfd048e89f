// Compiles one module to a minified classic script that can stand between <script> tags.
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

export async function inlineScript(input) {
  const bundle = await rollup({ input, plugins: [nodeResolve()] });
  const { output } = await bundle.generate({ format: 'iife', plugins: [terser()] });
  await bundle.close();
  if (output.length !== 1) throw new Error(`${input} must compile to one script`);
  // "</script" inside a string would end the element early and "<!--" could keep it from ending at all; CSP
  // hashes are taken over this very text.
  return output[0].code.trim().replaceAll(/<(\/script|!--)/gi, '<\\$1');
}
