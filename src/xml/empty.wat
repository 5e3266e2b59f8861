;; Writes a stretch of markup with many empty tags: the received octets, with ></name> in place of the end of each empty tag.
;; test/xml/empty.test.ts proves that empty-code.ts is this text, assembled.
(module
  ;; 0: what is handed back; 64: 16 KiB of the document and room to read beyond; 16640: edits, 12 octets each; 65856: rows, 20 octets each;
  ;; 149120: what is written, which is less than twice what is read, and room to write beyond.
  (memory (export "memory") 3)
  (func $copy (param $from i32) (param $to i32) (param $length i32)
    (loop $next
      (v128.store (local.get $to) (v128.load (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.gt_s (local.tee $length (i32.sub (local.get $length) (i32.const 16))) (i32.const 0)))))
  ;; Reads from $at up to $end, addresses; $delta added to one gives the offset in the document. Stops before an edit that is no EMPTY, begins
  ;; before $at or ends after $end, or whose name is not there. Returns the edits that are done; hands back: at, and how much is written.
  (func (export "run") (param $at i32) (param $end i32) (param $delta i32) (param $edits i32) (param $row i32) (result i32)
    (local $out i32) (local $edit i32) (local $start i32) (local $after i32) (local $what i32) (local $name i32) (local $base i32)
    (local.set $out (i32.const 149120))
    (local.set $edit (i32.const 16640))
    (local.set $edits (i32.add (local.get $edit) (i32.mul (local.get $edits) (i32.const 12))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $edit) (local.get $edits)))
        (local.set $start (i32.sub (i32.load (local.get $edit)) (local.get $delta)))
        (local.set $after (i32.sub (i32.load offset=4 (local.get $edit)) (local.get $delta)))
        (local.set $what (i32.load offset=8 (local.get $edit)))
        (br_if $done (i32.ne (i32.and (local.get $what) (i32.const 7)) (i32.const 4)))
        (br_if $done (i32.or (i32.lt_s (local.get $start) (local.get $at)) (i32.gt_s (local.get $after) (local.get $end))))
        (local.set $base (i32.add (i32.const 65856) (i32.mul (i32.sub (i32.shr_u (local.get $what) (i32.const 3)) (local.get $row)) (i32.const 20))))
        (local.set $name (i32.add (i32.sub (i32.load (local.get $base)) (local.get $delta)) (i32.const 1)))
        (br_if $done (i32.lt_s (local.get $name) (i32.const 64)))
        (call $copy (local.get $at) (local.get $out) (i32.sub (local.get $start) (local.get $at)))
        (local.set $out (i32.add (local.get $out) (i32.sub (local.get $start) (local.get $at))))
        (i32.store (local.get $out) (i32.const 0x2f3c3e))
        (local.set $base (i32.and (i32.shr_u (i32.load offset=16 (local.get $base)) (i32.const 4)) (i32.const 511)))
        (call $copy (local.get $name) (i32.add (local.get $out) (i32.const 3)) (local.get $base))
        (local.set $out (i32.add (i32.add (local.get $out) (local.get $base)) (i32.const 4)))
        (i32.store8 (i32.sub (local.get $out) (i32.const 1)) (i32.const 0x3e))
        (local.set $at (local.get $after))
        (local.set $edit (i32.add (local.get $edit) (i32.const 12)))
        (br $next)))
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (i32.sub (local.get $out) (i32.const 149120)))
    (i32.div_u (i32.sub (local.get $edit) (i32.const 16640)) (i32.const 12))))
