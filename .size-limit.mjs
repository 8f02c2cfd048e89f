// Ceilings, gzipped. wasm-elements.js is the promise of DESIGN §1; the others stop silent growth. A file that
// was not built is an error, so this is also the list of what a build must write.
const limits = {
  // 0.1 KB of it: the shell, C and C++ among the names of runtimes.
  'dist/wasm-elements.js': '10.1 KB',
  'dist/wasm-runnable.js': '10 KB',
  'dist/wasm-terminal.js': '10 KB',
  'dist/kernel.js': '25 KB',
  'dist/runtimes.js': '10 KB',
  'dist/frame.html': '60 KB',
  // 0.3 KB of it: answers of a terminal, and room to type; 1 KB: execve, programs and files of runtimes, zstd; 0.2 KB: programs that suspend themselves; 0.2 KB: what is typed ahead; 0.4 KB: links that lead to /dev and /proc, and a worker that goes on after exec; 0.2 KB: who polls a terminal waits for the reader.
  'dist/image/kernel.worker.js': '71.6 KB',
  'dist/image/process.worker.js': '30 KB',
};

export default Object.entries(limits).map(([path, limit]) => ({ path, limit, gzip: true }));
