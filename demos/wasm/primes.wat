;; primes: prints the prime numbers up to its argument, by the sieve of Eratosthenes.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 4)
  ;; 0: iovec; 8: written; 16: argc; 20: size of the arguments; 32: argv (up to 56 words); 256: their text
  ;; 4096: the sieve, one byte a number; 131072: the text to print
  (data (i32.const 3072) "usage: primes N   (2 to 100000)\n")

  (func $print (param $fd i32) (param $from i32) (param $bytes i32)
    (i32.store (i32.const 0) (local.get $from))
    (i32.store (i32.const 4) (local.get $bytes))
    (drop (call $write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func $usage
    (call $print (i32.const 2) (i32.const 3072) (i32.const 32))
    (call $exit (i32.const 2)))

  ;; The number that the text at $at spells, or -1.
  (func $parse (param $at i32) (result i32) (local $n i32) (local $digit i32)
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $at))) (then (return (local.get $n))))
      (local.set $digit (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))
      (if (i32.gt_u (local.get $digit) (i32.const 9)) (then (return (i32.const -1))))
      (local.set $n (i32.add (i32.mul (local.get $n) (i32.const 10)) (local.get $digit)))
      (if (i32.gt_u (local.get $n) (i32.const 100000)) (then (return (i32.const -1))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    (unreachable))

  ;; Writes $n in decimal at $at; returns where it ends.
  (func $decimal (param $n i32) (param $at i32) (result i32)
    (if (i32.ge_u (local.get $n) (i32.const 10))
      (then (local.set $at (call $decimal (i32.div_u (local.get $n) (i32.const 10)) (local.get $at)))))
    (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
    (i32.add (local.get $at) (i32.const 1)))

  (func (export "_start") (local $max i32) (local $n i32) (local $multiple i32) (local $out i32)
    (drop (call $args_sizes (i32.const 16) (i32.const 20)))
    (if (i32.or
          (i32.ne (i32.load (i32.const 16)) (i32.const 2))
          (i32.gt_u (i32.load (i32.const 20)) (i32.const 2048)))
      (then (call $usage)))
    (drop (call $args (i32.const 32) (i32.const 256)))
    (local.set $max (call $parse (i32.load (i32.const 36))))
    (if (i32.lt_s (local.get $max) (i32.const 2)) (then (call $usage)))
    (local.set $n (i32.const 2))
    (local.set $out (i32.const 131072))
    (loop $number
      (if (i32.eqz (i32.load8_u (i32.add (i32.const 4096) (local.get $n))))
        (then
          (local.set $out (call $decimal (local.get $n) (local.get $out)))
          (i32.store8 (local.get $out) (i32.const 32))
          (local.set $out (i32.add (local.get $out) (i32.const 1)))
          ;; Its multiples are none.
          (local.set $multiple (i32.add (local.get $n) (local.get $n)))
          (block $crossed
            (loop $cross
              (br_if $crossed (i32.gt_u (local.get $multiple) (local.get $max)))
              (i32.store8 (i32.add (i32.const 4096) (local.get $multiple)) (i32.const 1))
              (local.set $multiple (i32.add (local.get $multiple) (local.get $n)))
              (br $cross)))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $number (i32.le_u (local.get $n) (local.get $max))))
    ;; The last space becomes the end of the line.
    (i32.store8 (i32.sub (local.get $out) (i32.const 1)) (i32.const 10))
    (call $print (i32.const 1) (i32.const 131072) (i32.sub (local.get $out) (i32.const 131072)))))
