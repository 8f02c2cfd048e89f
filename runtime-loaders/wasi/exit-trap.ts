// runtime-loaders/wasi: what unwinds a program that called proc_exit.
// A JavaScript exception will not do: a `catch (...)` compiled to wasm would swallow it. A real trap is
// marked by every engine as one that wasm cannot catch, and stays marked when it is thrown again.

/** (module (func (export "t") unreachable)) */
const bytes = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // header
  ...[1, 4, 1, 0x60, 0, 0], // type 0: () → ()
  ...[3, 2, 1, 0], // function 0 of type 0
  ...[7, 5, 1, 1, 0x74, 0, 0], // export "t"
  ...[10, 5, 1, 3, 0, 0, 0x0b], // code: unreachable
);

let made: unknown;

/**
 * The trap, to be compared by identity where it arrives. One does for all programs of a realm, which run one after
 * another and never see it: to make one costs as much as to instantiate a small program.
 */
export function exitTrap(): unknown {
  made ??= makeTrap();
  return made;
}

function makeTrap(): unknown {
  const { t } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  try {
    (t as () => void)();
  } catch (trap) {
    return trap;
  }
  throw new Error('unreachable did not trap');
}
