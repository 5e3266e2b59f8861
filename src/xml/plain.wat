;; The fast lane of the scanner over a window of the document: plain start tags, end tags, empty tags and text, written as rows and edits in the
;; layout of tree.ts. test/xml/lane.test.ts proves that plain-code.ts is this text, assembled, and that it does what plain.ts does.
(module
  ;; 0: what is handed back; 64: the window of 32 KiB, with room to read beyond it; 33792: rows, 20 octets each; 199168: edits, 12 octets each.
  ;; An element takes up at least 4 octets, or 3 when it stays open, as at most 64 do: 8256 rows and 8192 edits at most.
  (memory (export "memory") 5)
  ;; Reads tokens from $at, which is an address in the window as $end is. Stops before the first token that is not plain, that ends an element
  ;; whose row is before $first, or that may go on beyond $end. $delta added to an address gives the offset in the document. Returns whether it
  ;; stopped for $end's sake. Hands back: at, nodes, current, depth, count, edits.
  (func (export "run") (param $at i32) (param $end i32) (param $delta i32) (param $current i32) (param $depth i32) (param $first i32) (param $nodes i32) (param $named i32) (param $long i32) (result i32)
    (local $count i32) (local $edit i32) (local $row i32) (local $base i32) (local $p i32) (local $q i32) (local $c i32) (local $length i32) (local $flags i32) (local $v v128) (local $w v128) (local $found i32) (local $short i32)
    (local.set $count (local.get $first))
    (local.set $base (i32.const 33792))
    (local.set $edit (i32.const 199168))
    (block $out
      (loop $next
        (br_if $out (i32.eq (local.get $current) (i32.const -1)))
        (br_if $out (i32.le_s (local.get $nodes) (i32.const 0)))
        (if (i32.ge_s (local.get $at) (i32.sub (local.get $end) (i32.const 3))) (then (local.set $short (i32.const 1)) (br $out)))
        (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3c))
          (then
            ;; Text. 16 octets at once: the two halves of an octet choose bits, and an octet is more than itself when they have a bit in common.
            (local.set $p (local.get $at))
            (loop $text
              (local.set $v (v128.load (local.get $p)))
              (local.set $found (i8x16.bitmask (i8x16.ne (v128.const i64x2 0 0) (v128.and
                (i8x16.swizzle (v128.const i8x16 1 1 1 1 1 1 5 1 1 2 2 1 9 1 9 17) (v128.and (local.get $v) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
                (i8x16.swizzle (v128.const i8x16 1 3 4 8 0 0 0 0 0 0 0 0 0 0 16 0) (i8x16.shr_u (local.get $v) (i32.const 4)))))))
              (if (i32.eqz (local.get $found))
                (then
                  (local.set $p (i32.add (local.get $p) (i32.const 16)))
                  ;; 32 at once while all are ASCII after & and neither < nor >, as in base64.
                  (loop $plain
                    (local.set $v (v128.load (local.get $p)))
                    (local.set $w (v128.load offset=16 (local.get $p)))
                    (if (i32.eq (i32.const 0xffff) (i8x16.bitmask (v128.andnot
                      (i8x16.gt_s (i8x16.min_s (local.get $v) (local.get $w)) (v128.const i8x16 38 38 38 38 38 38 38 38 38 38 38 38 38 38 38 38))
                      (v128.or
                        (i8x16.eq (v128.or (local.get $v) (v128.const i8x16 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2)) (v128.const i8x16 62 62 62 62 62 62 62 62 62 62 62 62 62 62 62 62))
                        (i8x16.eq (v128.or (local.get $w) (v128.const i8x16 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2 2)) (v128.const i8x16 62 62 62 62 62 62 62 62 62 62 62 62 62 62 62 62))))))
                      (then
                        (local.set $p (i32.add (local.get $p) (i32.const 32)))
                        (br_if $plain (i32.and (i32.lt_s (local.get $p) (local.get $end)) (i32.le_s (i32.sub (local.get $p) (local.get $at)) (local.get $long)))))))
                  (if (i32.ge_s (local.get $p) (local.get $end)) (then (local.set $short (i32.const 1)) (br $out)))
                  ;; A run longer than $long is left to skip.wat.
                  (br_if $out (i32.gt_s (i32.sub (local.get $p) (local.get $at)) (local.get $long)))
                  (br $text)))
              (local.set $p (i32.add (local.get $p) (i32.ctz (local.get $found))))
              (if (i32.ge_s (local.get $p) (i32.sub (local.get $end) (i32.const 5))) (then (local.set $short (i32.const 1)) (br $out)))
              (if (i32.ne (i32.load8_u (local.get $p)) (i32.const 0x3c))
                (then
                  ;; &lt; &gt; &amp; are canonical as they stand.
                  (local.set $c (i32.load (local.get $p)))
                  (if (i32.or (i32.eq (local.get $c) (i32.const 0x3b746c26)) (i32.eq (local.get $c) (i32.const 0x3b746726)))
                    (then (local.set $p (i32.add (local.get $p) (i32.const 4))) (br $text)))
                  (if (i32.and (i32.eq (local.get $c) (i32.const 0x706d6126)) (i32.eq (i32.load8_u offset=4 (local.get $p)) (i32.const 0x3b)))
                    (then (local.set $p (i32.add (local.get $p) (i32.const 5))) (br $text)))
                  (br $out))))
            (local.set $at (local.get $p))
            (local.set $nodes (i32.sub (local.get $nodes) (i32.const 1)))
            (br $next)))
        (local.set $c (i32.load8_u offset=1 (local.get $at)))
        (if (i32.eq (local.get $c) (i32.const 0x2f))
          (then
            ;; An end tag: the octets of the name in the start tag, then >.
            (br_if $out (i32.lt_s (local.get $current) (local.get $first)))
            (local.set $row (i32.add (i32.const 33792) (i32.mul (i32.const 20) (i32.sub (local.get $current) (local.get $first)))))
            (local.set $length (i32.and (i32.shr_u (i32.load offset=16 (local.get $row)) (i32.const 4)) (i32.const 511)))
            (local.set $p (i32.add (i32.sub (i32.load (local.get $row)) (local.get $delta)) (i32.const 1)))
            (local.set $q (i32.add (local.get $at) (i32.const 2)))
            (if (i32.ge_s (i32.add (local.get $q) (local.get $length)) (local.get $end)) (then (local.set $short (i32.const 1)) (br $out)))
            (br_if $out (i32.ne (i32.load8_u (i32.add (local.get $q) (local.get $length))) (i32.const 0x3e)))
            (loop $compare
              (local.set $found (i8x16.bitmask (i8x16.ne (v128.load (local.get $p)) (v128.load (local.get $q)))))
              (if (i32.gt_s (local.get $length) (i32.const 16))
                (then
                  (br_if $out (local.get $found))
                  (local.set $p (i32.add (local.get $p) (i32.const 16)))
                  (local.set $q (i32.add (local.get $q) (i32.const 16)))
                  (local.set $length (i32.sub (local.get $length) (i32.const 16)))
                  (br $compare))))
            (br_if $out (i32.and (local.get $found) (i32.sub (i32.shl (i32.const 1) (local.get $length)) (i32.const 1))))
            (local.set $at (i32.add (i32.add (local.get $q) (local.get $length)) (i32.const 1)))
            (i32.store offset=4 (local.get $row) (i32.add (local.get $at) (local.get $delta)))
            (i32.store offset=8 (local.get $row) (local.get $count))
            (local.set $current (i32.load offset=12 (local.get $row)))
            (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
            (local.set $nodes (i32.sub (local.get $nodes) (i32.const 1)))
            (br $next)))
        ;; A start tag. A name begins with a letter or _.
        (br_if $out (i32.and
          (i32.gt_u (i32.sub (i32.or (local.get $c) (i32.const 0x20)) (i32.const 0x61)) (i32.const 25))
          (i32.ne (local.get $c) (i32.const 0x5f))))
        (br_if $out (i32.ge_s (local.get $depth) (i32.const 64)))
        (local.set $p (i32.add (local.get $at) (i32.const 1)))
        (loop $name
          (local.set $v (v128.load (local.get $p)))
          (local.set $found (i8x16.bitmask (i8x16.eq (v128.const i64x2 0 0) (v128.and
            (i8x16.swizzle (v128.const i8x16 26 30 30 30 30 30 30 30 30 30 28 4 4 5 5 12) (v128.and (local.get $v) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
            (i8x16.swizzle (v128.const i8x16 0 0 1 2 4 8 4 16 0 0 0 0 0 0 0 0) (i8x16.shr_u (local.get $v) (i32.const 4)))))))
          (if (i32.eqz (local.get $found))
            (then
              (local.set $p (i32.add (local.get $p) (i32.const 16)))
              (br_if $out (i32.gt_s (i32.sub (local.get $p) (local.get $at)) (i32.const 257)))
              (br $name))))
        (local.set $p (i32.add (local.get $p) (i32.ctz (local.get $found))))
        (if (i32.ge_s (local.get $p) (i32.sub (local.get $end) (i32.const 3))) (then (local.set $short (i32.const 1)) (br $out)))
        (local.set $length (i32.sub (i32.sub (local.get $p) (local.get $at)) (i32.const 1)))
        (br_if $out (i32.gt_s (local.get $length) (i32.const 256)))
        (local.set $c (i32.load16_u (local.get $p)))
        ;; One attribute after one space, if it is neither /> nor >: without prefix, in double quotes, with a value that needs no escape.
        (local.set $flags (i32.const 0))
        (if (i32.and (i32.eq (i32.and (local.get $c) (i32.const 0xff)) (i32.const 0x20)) (i32.and (i32.ne (local.get $c) (i32.const 0x2f20)) (i32.ne (local.get $c) (i32.const 0x3e20))))
          (then
            (local.set $q (i32.add (local.get $p) (i32.const 1)))
            (local.set $c (i32.shr_u (local.get $c) (i32.const 8)))
            (br_if $out (i32.and
              (i32.gt_u (i32.sub (i32.or (local.get $c) (i32.const 0x20)) (i32.const 0x61)) (i32.const 25))
              (i32.ne (local.get $c) (i32.const 0x5f))))
            (loop $attribute
              (local.set $v (v128.load (local.get $q)))
              (local.set $found (i8x16.bitmask (i8x16.eq (v128.const i64x2 0 0) (v128.and
                (i8x16.swizzle (v128.const i8x16 26 30 30 30 30 30 30 30 30 30 28 4 4 5 5 12) (v128.and (local.get $v) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
                (i8x16.swizzle (v128.const i8x16 0 0 1 2 4 8 4 16 0 0 0 0 0 0 0 0) (i8x16.shr_u (local.get $v) (i32.const 4)))))))
              (if (i32.eqz (local.get $found))
                (then
                  (local.set $q (i32.add (local.get $q) (i32.const 16)))
                  (br_if $out (i32.gt_s (i32.sub (local.get $q) (local.get $p)) (i32.const 257)))
                  (br $attribute))))
            (local.set $q (i32.add (local.get $q) (i32.ctz (local.get $found))))
            (if (i32.ge_s (local.get $q) (i32.sub (local.get $end) (i32.const 3))) (then (local.set $short (i32.const 1)) (br $out)))
            (br_if $out (i32.ne (i32.load16_u (local.get $q)) (i32.const 0x223d)))
            (local.set $found (i32.sub (local.get $q) (local.get $p)))
            (br_if $out (i32.gt_s (local.get $found) (i32.const 257)))
            ;; Of five letters, x first and s last: it may be xmlns.
            (br_if $out (i32.and (i32.eq (local.get $found) (i32.const 6)) (i32.and
              (i32.eq (i32.load8_u offset=1 (local.get $p)) (i32.const 0x78))
              (i32.eq (i32.load8_u (i32.sub (local.get $q) (i32.const 1))) (i32.const 0x73)))))
            (local.set $q (i32.add (local.get $q) (i32.const 2)))
            (loop $value
              (local.set $v (v128.load (local.get $q)))
              (local.set $found (i8x16.bitmask (i8x16.ne (v128.const i64x2 0 0) (v128.and
                (i8x16.swizzle (v128.const i8x16 1 1 3 1 1 1 3 1 1 1 1 1 5 1 1 9) (v128.and (local.get $v) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
                (i8x16.swizzle (v128.const i8x16 1 1 2 4 0 0 0 0 0 0 0 0 0 0 8 0) (i8x16.shr_u (local.get $v) (i32.const 4)))))))
              (if (i32.eqz (local.get $found))
                (then
                  (local.set $q (i32.add (local.get $q) (i32.const 16)))
                  (if (i32.ge_s (local.get $q) (local.get $end)) (then (local.set $short (i32.const 1)) (br $out)))
                  (br $value))))
            (local.set $q (i32.add (local.get $q) (i32.ctz (local.get $found))))
            (if (i32.ge_s (local.get $q) (i32.sub (local.get $end) (i32.const 4))) (then (local.set $short (i32.const 1)) (br $out)))
            (br_if $out (i32.ne (i32.load8_u (local.get $q)) (i32.const 0x22)))
            (local.set $p (i32.add (local.get $q) (i32.const 1)))
            (local.set $flags (i32.const 2))))
        (local.set $c (i32.load8_u (local.get $p)))
        ;; One space before > is not written.
        (local.set $q (i32.and (i32.eqz (local.get $flags)) (i32.eq (i32.load16_u (local.get $p)) (i32.const 0x3e20))))
        (if (local.get $q)
          (then
            (i32.store (local.get $edit) (i32.add (local.get $p) (local.get $delta)))
            (i32.store offset=4 (local.get $edit) (i32.add (i32.add (local.get $p) (local.get $delta)) (i32.const 1)))
            (i32.store offset=8 (local.get $edit) (i32.const 0))
            (local.set $edit (i32.add (local.get $edit) (i32.const 12)))
            (local.set $p (i32.add (local.get $p) (i32.const 1)))
            (local.set $c (i32.const 0x3e))))
        (if (i32.eq (local.get $c) (i32.const 0x3e))
          (then
            (i32.store (local.get $base) (i32.add (local.get $at) (local.get $delta)))
            (i32.store offset=12 (local.get $base) (local.get $current))
            (i32.store offset=16 (local.get $base) (i32.add (i32.add (local.get $named) (local.get $flags)) (i32.shl (local.get $length) (i32.const 4))))
            (local.set $current (local.get $count))
            (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
            (local.set $at (i32.add (local.get $p) (i32.const 1))))
          (else
            ;; An empty tag: />, or one space and />.
            (local.set $q (i32.add (local.get $p) (i32.eq (local.get $c) (i32.const 0x20))))
            (br_if $out (i32.ne (i32.load16_u (local.get $q)) (i32.const 0x3e2f)))
            (i32.store (local.get $base) (i32.add (local.get $at) (local.get $delta)))
            (local.set $at (i32.add (local.get $q) (i32.const 2)))
            (i32.store offset=4 (local.get $base) (i32.add (local.get $at) (local.get $delta)))
            (i32.store offset=8 (local.get $base) (i32.add (local.get $count) (i32.const 1)))
            (i32.store offset=12 (local.get $base) (local.get $current))
            (i32.store offset=16 (local.get $base) (i32.add (i32.add (i32.add (local.get $named) (local.get $flags)) (i32.shl (local.get $length) (i32.const 4))) (i32.const 8)))
            (i32.store (local.get $edit) (i32.add (local.get $p) (local.get $delta)))
            (i32.store offset=4 (local.get $edit) (i32.add (local.get $at) (local.get $delta)))
            (i32.store offset=8 (local.get $edit) (i32.add (i32.shl (local.get $count) (i32.const 3)) (i32.const 4)))
            (local.set $edit (i32.add (local.get $edit) (i32.const 12)))))
        (local.set $base (i32.add (local.get $base) (i32.const 20)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (local.set $nodes (i32.sub (local.get $nodes) (i32.const 1)))
        (br $next)))
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $nodes))
    (i32.store (i32.const 8) (local.get $current))
    (i32.store (i32.const 12) (local.get $depth))
    (i32.store (i32.const 16) (local.get $count))
    (i32.store (i32.const 20) (i32.div_u (i32.sub (local.get $edit) (i32.const 199168)) (i32.const 12)))
    (local.get $short)))
