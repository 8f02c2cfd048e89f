// A WASI program of about 100 KB that prints hello: real code, so that an engine has to compile it.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import wabt from 'wabt';

export async function writeHello(folder) {
  const { parseWat } = await wabt();
  const filler = Array.from(
    { length: 1500 },
    (_, index) => `(func $f${index} (param i32) (result i32)
      (local $sum i32)
      (loop $again
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const ${index + 3})) (i32.load (local.get 0))))
        (local.set 0 (i32.sub (local.get 0) (i32.const 4)))
        (br_if $again (i32.gt_s (local.get 0) (i32.const ${index})))
        (br_if $again (i32.lt_u (local.get $sum) (i32.const ${index * 7 + 100000}))))
      (i32.xor (local.get $sum) (i32.const ${index * 1000003})))`,
  );
  const module = parseWat(
    'hello.wat',
    `(module
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 16) "hello\\n")
      (table funcref (elem ${filler.map((_, index) => `$f${index}`).join(' ')}))
      ${filler.join('\n')}
      (func (export "_start")
        (i32.store (i32.const 0) (i32.const 16))
        (i32.store (i32.const 4) (i32.const 6))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`,
  );
  const { buffer } = module.toBinary({});
  module.destroy();
  writeFileSync(path.join(folder, 'hello-100k.wasm'), buffer);
}
