// Exclusive XML Canonicalization 1.0: a declaration is written where its prefix is used and not yet written so by an ancestor in the output;
// prefixes of an InclusiveNamespaces PrefixList are treated as in the inclusive form. Start tags are written anew, all else is as inclusive.
import { canonicalTag } from './canonical-tag.ts';
import type { Emitter, Stretches } from './emit.ts';
import { beyondLimit, limits } from './faults.ts';
import { Bindings } from './namespaces.ts';
import type { Binding } from './namespaces.ts';
import { readTag } from './tag.ts';
import type { StartTag } from './tag.ts';
import { AFTER, ancestorsOf, ATTRIBUTED, column, DECLARES, flagsOf, SINGLE, START } from './tree.ts';
import type { Tree } from './tree.ts';

/** Writes the start tags from the apex's on; what follows the last of them that differs is left to the emitter. */
export function writeExclusive(tree: Tree, apex: number, omitted: Stretches, prefixes: ReadonlySet<string>, emitter: Emitter): void {
  const { bytes, names } = tree;
  const inScope = new Bindings(names);
  ancestorTags(tree, apex, inScope);
  const rendered = new Bindings(names);
  const open: number[] = [];
  const after = column(tree, apex, AFTER);
  let omission = 0;
  let written = 0;
  for (let row = apex, next = row; row < after; row = next) {
    const start = column(tree, row, START);
    while ((omitted[omission + 1] ?? Infinity) <= start) omission += 2;
    const isOmitted = (omitted[omission] ?? Infinity) <= start;
    next = isOmitted ? column(tree, row, AFTER) : row + 1;
    for (let last = open.at(-1); last !== undefined && column(tree, last, AFTER) <= row; last = open.at(-1)) {
      inScope.leave(last);
      rendered.leave(last);
      open.pop();
    }
    if (isOmitted || (row !== apex && (flagsOf(tree, row) & ~SINGLE) === 0 && inScope.standard === rendered.standard)) continue;
    const tag = readTag(bytes, start, inScope, names, row);
    const declared = toRender(tag, inScope, rendered, row === apex || tag.declarations.length > 0 ? prefixes : none);
    rendered.enter(row, declared);
    if (declared.length + tag.declarations.length > 0) open.push(row);
    const text = canonicalTag(tag, declared, tag.attributes, names);
    // A long namespace name may be written at each of many short tags: the form's length is not bounded by the document's.
    written += text.length;
    if (written > limits.exclusiveGrowth * bytes.length) beyondLimit(bytes, start, 'exclusiveGrowth');
    emitter.copyTo(start);
    emitter.replaceTo(tag.end, text);
  }
}

const none: ReadonlySet<string> = new Set();

/** The namespace declarations to write at an element. `always`: the listed prefixes, where their bindings may have changed. */
function toRender(tag: StartTag, inScope: Bindings, rendered: Bindings, always: ReadonlySet<string>): Binding[] {
  const used = new Set([tag.prefix, ...always]);
  for (const { prefix } of tag.attributes) if (prefix !== '') used.add(prefix);
  used.delete('xml');
  const declared: Binding[] = [];
  for (const prefix of used) {
    const namespace = inScope.lookUp(prefix) ?? 0;
    if (namespace !== (rendered.lookUp(prefix) ?? 0)) declared.push({ prefix, namespace });
  }
  return declared;
}

/** The start tags above a row that have attributes or declarations, from the root's on, their declarations put in scope. */
export function ancestorTags(tree: Tree, row: number, bindings: Bindings): StartTag[] {
  return ancestorsOf(tree, row)
    .filter((ancestor) => (flagsOf(tree, ancestor) & (DECLARES | ATTRIBUTED)) !== 0)
    .map((ancestor) => readTag(tree.bytes, column(tree, ancestor, START), bindings, tree.names, ancestor));
}
