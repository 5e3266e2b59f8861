// The shape that nearly every signer of the field writes (wire-format §3.1), recognised row by row: one reference, to the document, with the one
// transform, the algorithms each in their only attribute, one certificate, perhaps its key beside it, and Objects of plain properties. It finds
// what `shape.ts` would find, or nothing at all: whatever is not exactly so is left to `shape.ts`, which alone refuses.
import { decodeBase64Between } from '../xml/base64.ts';
import { inclusiveForm } from '../xml/canonical.ts';
import type { CanonicalForm } from '../xml/canonical.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { leafEnd, leafStart, onlyAttribute } from '../xml/leaf.ts';
import { areOctets } from '../xml/runs.ts';
import { AFTER, CDATA, column, COMMENT, EDIT, EDIT_START, EDIT_WHAT, editKind, END, firstEdit, isRowNamed, NAMED, namespaceIn, namespaceOf, nameOctets, PARENT, PREFIXED, ROW, START } from '../xml/tree.ts';
import type { Tree } from '../xml/tree.ts';
import { canonicalForms, digestMethods, DSIG, ENVELOPED, signatureMethods } from './algorithms.ts';
import type { DigestMethod, SignatureMethod } from './algorithms.ts';
import type { SignaturePolicy } from './policy.ts';
import type { SignatureShape } from './shape.ts';

/** Where the parts of a usual KeyInfo stand: rows; -1 for what is not there. */
export interface KeyRows {
  readonly certificate: number;
  readonly modulus: number;
  readonly exponent: number;
}

interface Step {
  readonly name: Buffer;
  /** Which step its parent is. */
  readonly parent: number;
  /** When it is not there, so many steps more are not. -1: it must be there. */
  readonly optional: number;
}

const step = (parent: number, name: string, optional = -1): Step => ({ name: Buffer.from(name), parent, optional });

const steps: readonly Step[] = [
  step(-1, 'Signature'),
  step(0, 'SignedInfo'), step(1, 'CanonicalizationMethod'), step(1, 'SignatureMethod'),
  step(1, 'Reference'), step(4, 'Transforms'), step(5, 'Transform'), step(4, 'DigestMethod'), step(4, 'DigestValue'),
  step(0, 'SignatureValue'),
  step(0, 'KeyInfo'), step(10, 'KeyValue', 3), step(11, 'RSAKeyValue'), step(12, 'Modulus'), step(12, 'Exponent'),
  step(10, 'X509Data'), step(15, 'X509SubjectName', 0), step(15, 'X509Certificate'),
];
const [SIGNATURE, SIGNED_INFO, CANONICALIZATION, SIGNATURE_METHOD, REFERENCE, TRANSFORM, DIGEST_METHOD, DIGEST_VALUE, SIGNATURE_VALUE, KEY_INFO, MODULUS, EXPONENT, CERTIFICATE] = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 13, 14, 17];

/** What plain signers put into Object, in the signature's namespace or none. */
const properties: readonly string[] = ['Object', 'SignatureProperties', 'SignatureProperty', 'SigningTime'];

/** In octets, of what is kept. */
const LONGEST = 2048;
/** The row of each step of the signature that is being read. */
const rowOf = new Int32Array(steps.length);

export function readUsualShape({ tree }: XmlDocument, element: XmlElement, policy: SignaturePolicy): SignatureShape | undefined {
  const dsig = tree.names.find(DSIG);
  if (dsig === undefined) return undefined;
  const methods = followMethods(tree, element.row, dsig);
  if (methods === undefined || !followsSteps(tree, SIGNATURE_VALUE, steps.length, at(DIGEST_VALUE) + 1, dsig)) return undefined;
  if (!isFollowedByObjects(tree, element.row, at(CERTIFICATE) + 1, dsig) || !isWithoutMarks(tree, element.row)) return undefined;
  const { form, method, digestMethod } = methods;
  if (!method.admitted.has(policy.name) || !digestMethod.admitted.has(policy.name)) return undefined;
  const value = base64Of(tree, at(SIGNATURE_VALUE));
  const digest = base64Of(tree, at(DIGEST_VALUE));
  if (value === undefined || digest === undefined) return undefined;
  const { views } = element;
  return {
    element,
    signedInfo: views.at(at(SIGNED_INFO)),
    form,
    method,
    value,
    references: [{ uri: '', element: views.at(at(REFERENCE)), form: inclusiveForm, hash: digestMethod.hash, digest }],
    keyInfo: views.at(at(KEY_INFO)),
    keyRows: { certificate: at(CERTIFICATE), modulus: at(MODULUS), exponent: at(EXPONENT) },
  };
}

/** What SignedInfo says before the text of DigestValue. */
interface Methods {
  readonly form: CanonicalForm;
  readonly method: SignatureMethod;
  readonly digestMethod: DigestMethod;
}

/** The last of them, with their octets from the `<` of SignedInfo to the text of DigestValue: a program writes them with the same octets every time. */
let lastMethods: { readonly octets: Buffer; readonly methods: Methods } | undefined;

/** Reads the first steps of the signature at `row`. They are the same rows with the same meaning when their octets are, in the same namespace. */
function followMethods(tree: Tree, row: number, dsig: number): Methods | undefined {
  const { bytes } = tree;
  rowOf[SIGNATURE] = row;
  const start = column(tree, row + 1, START);
  if (lastMethods !== undefined && areOctets(bytes, start, lastMethods.octets) && isStep(tree, SIGNED_INFO, row + 1, dsig)) {
    for (let index = SIGNED_INFO; index <= DIGEST_VALUE; index += 1) rowOf[index] = row + index;
    return lastMethods.methods;
  }
  if (!followsSteps(tree, SIGNED_INFO, DIGEST_VALUE + 1, row + 1, dsig)) return undefined;
  const form = canonicalForms.get(onlyAttribute(tree, at(CANONICALIZATION), 'Algorithm') ?? '');
  const method = signatureMethods.get(onlyAttribute(tree, at(SIGNATURE_METHOD), 'Algorithm') ?? '');
  const digestMethod = digestMethods.get(onlyAttribute(tree, at(DIGEST_METHOD), 'Algorithm') ?? '');
  if (form === undefined || method === undefined || digestMethod === undefined) return undefined;
  if (onlyAttribute(tree, at(REFERENCE), 'URI') !== '' || onlyAttribute(tree, at(TRANSFORM), 'Algorithm') !== ENVELOPED) return undefined;
  const methods = { form, method, digestMethod };
  const end = leafStart(tree, at(DIGEST_VALUE));
  if (end !== -1 && end - start <= LONGEST) lastMethods = { octets: Buffer.from(bytes.subarray(start, end)), methods };
  return methods;
}

function at(index: number): number {
  return rowOf[index] as number;
}

/** Each row from `first` on is the next step, below the row of its parent's. As rows are in document order, no other stands between them. */
function followsSteps(tree: Tree, from: number, until: number, first: number, dsig: number): boolean {
  let row = first;
  for (let index = from; index < until; index += 1) {
    const { optional } = steps[index] as Step;
    if (isStep(tree, index, row, dsig)) {
      rowOf[index] = row;
      row += 1;
    } else if (optional === -1) return false;
    else {
      rowOf.fill(-1, index, index + optional + 1);
      index += optional;
    }
  }
  return true;
}

/** Is this row the step, without a prefix? */
function isStep({ bytes, rows }: Tree, index: number, row: number, dsig: number): boolean {
  const { name, parent } = steps[index] as Step;
  const base = row * ROW;
  const named = rows[base + NAMED] as number;
  if (namespaceIn(named) !== dsig || nameOctets(named) !== name.length || (named & PREFIXED) !== 0 || rows[base + PARENT] !== rowOf[parent]) return false;
  return areOctets(bytes, (rows[base + START] as number) + 1, name);
}

function isFollowedByObjects(tree: Tree, signature: number, first: number, dsig: number): boolean {
  const after = column(tree, signature, AFTER);
  for (let row = first; row < after; row += 1) {
    const namespace = namespaceOf(tree, row);
    const isOurs = namespace === 0 || namespace === dsig;
    if (column(tree, row, PARENT) === signature ? !isOurs || !isRowNamed(tree, row, 'Object') : column(tree, row, PARENT) < first) return false;
    if (isOurs ? !isPlainProperty(tree, row) : isRowNamed(tree, row, 'QualifyingProperties') || isRowNamed(tree, row, 'QualifyingPropertiesReference')) return false;
  }
  return true;
}

function isPlainProperty(tree: Tree, row: number): boolean {
  for (const name of properties) if (isRowNamed(tree, row, name)) return true;
  return false;
}

/** Without comments and CDATA sections, which are all that can hold the mark of a comment. */
function isWithoutMarks(tree: Tree, row: number): boolean {
  const { edits, editCount } = tree;
  const end = column(tree, row, END);
  for (let edit = firstEdit(tree, column(tree, row, START)); edit < editCount && (edits[edit * EDIT + EDIT_START] as number) < end; edit += 1) {
    const kind = editKind(edits[edit * EDIT + EDIT_WHAT] as number);
    if (kind === COMMENT || kind === CDATA) return false;
  }
  return true;
}

/** The octets that the text of a row stands for when it is base64 without white space. */
function base64Of(tree: Tree, row: number): Buffer | undefined {
  const start = leafStart(tree, row);
  return start === -1 ? undefined : decodeBase64Between(tree.bytes, start, leafEnd(tree, row));
}
