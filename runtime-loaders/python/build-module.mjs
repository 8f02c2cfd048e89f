// runtime-loaders/python: the JavaScript of a pyodide package as an asset: what engines need not read is left out, and
// what they read first is written as they read it fastest.
import { existsSync, readFileSync } from 'node:fs';

/**
 * The JavaScript of a pyodide package, as a module that exports Emscripten's factory. Before 314 it was a script.
 * `used`: source that holds the names of all that the loader wants of the module.
 */
export function moduleSource(folder, used) {
  if (isModule(folder)) {
    const source = readFileSync(`${folder}/pyodide.asm.mjs`, 'utf8');
    return withoutOwnAddress(inParentheses(withExportsOnDemand(source, used)));
  }
  // The worker it runs in has no such function any more, but by it a worker is told before 0.28.
  const worker = 'const importScripts = globalThis.WorkerGlobalScope && (() => undefined);';
  return `${worker}\n${withoutOwnAddress(scriptSource(folder))}\nexport default _createPyodideModule;\n`;
}

/**
 * The one function of the module as an expression in parentheses, as it was before 314: by these engines know that it
 * is called at once, and do not parse its megabyte twice.
 */
function inParentheses(source) {
  const parts =
    /^async (function _createPyodideModule\(.*\})(export default _createPyodideModule;\s*)$/s.exec(source);
  if (parts === null) throw new Error(otherwise);
  return `const _createPyodideModule=(async ${parts[1]});${parts[2]}`;
}

/**
 * It looks for the folder it is in. As a blob it is in none, which the URL parser tells by an error; and to say where
 * an error was thrown engines parse that megabyte once more.
 */
const withoutOwnAddress = (source) =>
  source.replace('scriptDirectory=new URL(".",_scriptName).href', 'scriptDirectory=""');

/** Whether the package is one of 314 or later. */
export const isModule = (folder) => existsSync(`${folder}/pyodide.asm.mjs`);

/** Before 0.28 it copied the settings it was given; here they are the module itself, as they have been since. */
function scriptSource(folder) {
  const source = readFileSync(`${folder}/pyodide.asm.js`, 'utf8');
  return source.replace('var Module=Object.assign({},moduleArg);', 'var Module=moduleArg;');
}

/**
 * Emscripten gives each of CPython's 4,800 exports, and of 1,200 functions of its own that start with an underscore, a
 * variable and a property of the module, for 136 of which there is a use: half of the megabyte that engines read.
 * The others become properties when they are asked for. Code in EM_JS of a native package has their variables
 * no more; it has the properties.
 */
function withExportsOnDemand(source, used) {
  const assignments = section(source, 'function assignWasmExports(wasmExports){', '}');
  const [first] = assignments.inside.split('=', 1);
  const declaration = section(source, `var ${first},`, ';');
  const rest = source.replace(assignments.text, '').replace(declaration.text, '');
  const own = /(?<=[;}])Module\["(_[\w$]+)"\]=\1;/g;
  const wanted = words(rest.replace(own, '') + used);
  const usual = /^([\w$]+)=Module\["\1"\]=wasmExports\["\w+"\](\.value>>>0)?$/;
  const kept = assignments.inside.split(';').filter((each) => wanted.has(nameOf(each)) || !usual.test(each));
  for (const each of kept) wanted.add(nameOf(each));
  const variables = declaration.text.slice('var '.length, -1).split(',');
  if (kept.length < 100 || kept.length > 1000) throw new Error(otherwise);
  return source
    .replace(declaration.text, () => `var ${variables.filter((each) => wanted.has(nameOf(each))).join(',')};`)
    .replace(assignments.text, () => `function assignWasmExports(wasmExports){${kept.join(';')};${onDemand}}`)
    .replace(own, (statement, name) => (wanted.has(name) ? statement : ''));
}

/** Code inside `assignWasmExports`. What C calls `name` is `_name` of the module; of data it is the address. */
const onDemand = `Object.setPrototypeOf(Module,new Proxy(Object.prototype,{get(target,key,module){
const name=typeof key=="string"&&key[0]=="_"?key.slice(1):"";
const found=[wasmExports,wasmImports].find((each)=>Object.hasOwn(each,name))?.[name];
if(found===undefined)return Reflect.get(target,key,module);
return found instanceof WebAssembly.Global?found.value>>>0:found}}))`;

/** Of the variable that a declaration or an assignment begins with. */
const nameOf = (source) => /^[\w$]+/.exec(source)?.[0];

const words = (source) => new Set(source.match(/[A-Za-z_$][\w$]*/g));

/** The part of the source from `begin` to the first `end` after it; `inside`: without these two. */
function section(source, begin, end) {
  const at = source.indexOf(begin);
  const inside = source.slice(at + begin.length, source.indexOf(end, at + begin.length));
  if (at < 0) throw new Error(otherwise);
  return { inside, text: begin + inside + end };
}

const otherwise = 'The module of pyodide is written in another way.';
