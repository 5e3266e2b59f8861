;; The one loop that JavaScript cannot run at the speed of hashing: passing over octets of character data that are only themselves.
;; test/xml/skip.test.ts proves that skip-code.ts is this text, assembled; `npx jest test/xml/skip` prints the new one when it is not.
(module
  (memory (export "memory") 1)
  ;; No octet in [$at, result) is one of < > & CR, another control character than TAB and LF, or 0xEF. The result is the offset of the first
  ;; that is, or leaves fewer than 16 octets to $end. Reads nothing beyond $end.
  (func (export "skip") (param $at i32) (param $end i32) (result i32)
    (local $v v128) (local $low v128) (local $near v128) (local $found i32)
    (loop $next
      ;; 64 octets at once when all of them are ASCII above & and none is < = >: base64, above all.
      (if (i32.le_s (local.get $at) (i32.sub (local.get $end) (i32.const 64)))
        (then
          (local.set $low (v128.load (local.get $at)))
          (local.set $near (i8x16.sub (local.get $low) (v128.const i8x16 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60)))
          (local.set $v (v128.load offset=16 (local.get $at)))
          (local.set $low (i8x16.min_s (local.get $low) (local.get $v)))
          (local.set $near (i8x16.min_u (local.get $near) (i8x16.sub (local.get $v) (v128.const i8x16 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60))))
          (local.set $v (v128.load offset=32 (local.get $at)))
          (local.set $low (i8x16.min_s (local.get $low) (local.get $v)))
          (local.set $near (i8x16.min_u (local.get $near) (i8x16.sub (local.get $v) (v128.const i8x16 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60))))
          (local.set $v (v128.load offset=48 (local.get $at)))
          (local.set $low (i8x16.min_s (local.get $low) (local.get $v)))
          (local.set $near (i8x16.min_u (local.get $near) (i8x16.sub (local.get $v) (v128.const i8x16 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60 60))))
          (if (i32.eqz (v128.any_true (v128.or
                (i8x16.lt_s (local.get $low) (v128.const i8x16 39 39 39 39 39 39 39 39 39 39 39 39 39 39 39 39))
                (i8x16.lt_u (local.get $near) (v128.const i8x16 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3)))))
            (then
              (local.set $at (i32.add (local.get $at) (i32.const 64)))
              (br $next)))))
      (if (i32.gt_s (local.get $at) (i32.sub (local.get $end) (i32.const 16))) (then (return (local.get $at))))
      ;; 16 octets exactly: the two halves of an octet choose bits, and an octet is one we look for when they have a bit in common.
      (local.set $v (v128.load (local.get $at)))
      (local.set $found (i8x16.bitmask (i8x16.ne (v128.const i64x2 0 0) (v128.and
        (i8x16.swizzle (v128.const i8x16 1 1 1 1 1 1 5 1 1 2 2 1 9 1 9 17) (v128.and (local.get $v) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
        (i8x16.swizzle (v128.const i8x16 1 3 4 8 0 0 0 0 0 0 0 0 0 0 16 0) (i8x16.shr_u (local.get $v) (i32.const 4)))))))
      (if (local.get $found) (then (return (i32.add (local.get $at) (i32.ctz (local.get $found))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next))
    (unreachable)))
