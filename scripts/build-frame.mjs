// The frame document and the scripts of its inner documents, from kernel-core/frame.
//   outer.ts        → dist/frame.html, and `outerHtml` of virtual:frames for srcdoc
//   <role>-inner.ts → `innerScripts.<role>` of virtual:frames: the text and its CSP hash
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { inlineScript } from './inline-script.mjs';

const hash = (script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

// The outer document runs no code but this script, ever; what it may frame is only its own srcdoc. Its base is
// the inner document's, which would otherwise be told the page's URL.
const outerPage = (script) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>wasm-elements frame</title>
<base href="https://sandbox.invalid/">
<meta http-equiv="Content-Security-Policy" content="frame-src 'none'; object-src 'none'; form-action 'none'">
<meta name="robots" content="noindex">
<body>
<script>${script}</script>
</html>
`;

/** Writes dist/frame.html; resolves with the source of `virtual:frames`. */
export async function buildFrame({ root }) {
  const folder = `${root}/build/kernel-core/frame`;
  const outerHtml = outerPage(await inlineScript(`${folder}/outer.js`));
  const innerScripts = {};
  for (const file of readdirSync(folder).sort()) {
    const role = /^(.+)-inner\.js$/.exec(file)?.[1];
    if (role === undefined) continue;
    const text = await inlineScript(`${folder}/${file}`);
    innerScripts[role] = { text, hash: hash(text) };
  }
  mkdirSync(`${root}/dist`, { recursive: true });
  writeFileSync(`${root}/dist/frame.html`, outerHtml);
  return `export const outerHtml = ${JSON.stringify(outerHtml)};
export const innerScripts = ${JSON.stringify(innerScripts)};
`;
}
