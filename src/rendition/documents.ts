// Received octets → rendition. The document and every document inside it are read by our parser and judged by our verification; what is shown of
// each is the content that verification returned, and nothing else of the received octets. Content that no good signature covers is shown
// with a standing that says so. Pure: octets, trust, instant and labels go in. Throws `Refusal` when the octets are no document at all.
import { createHash } from 'node:crypto';

import { Unavailable } from '../errors/outcomes.ts';
import type { Finding } from '../errors/outcomes.ts';
import { verifyCounterSignature } from '../signature/counter-signature.ts';
import { fieldPolicy } from '../signature/policy.ts';
import type { JudgingPolicy } from '../signature/policy.ts';
import { readUnsigned, verifySignature } from '../signature/verify.ts';
import type { Content, SignaturePlace } from '../signature/verify.ts';
import { attempt } from '../standard/attempt.ts';
import { envelopeForm, readEnvelope } from '../standard/envelope.ts';
import type { EnvelopeFile } from '../standard/envelope.ts';
import { attachmentForm, formCode, isXmlExtension } from '../standard/forms.ts';
import { judgeCounterSignature, judgeSignature } from '../standard/judge-signature.ts';
import type { SignatureContext } from '../standard/judge-signature.ts';
import { declarationPlace, signaturePlaceOf } from '../standard/kind.ts';
import type { TrustMaterial } from '../trust/material.ts';
import type { XmlDocument, XmlElement } from '../xml/document.ts';
import { fullBudget } from '../xml/faults.ts';
import type { Budget } from '../xml/faults.ts';
import { parse } from '../xml/parse.ts';
import { blocksOf } from './content.ts';
import type { Dictionary } from './labels.ts';
import { worstOf } from './page.ts';
import type { FileFacts, Label, Part, Rendition, Verdict, Words } from './page.ts';
import { verdictOf } from './verdict.ts';

/** Documents inside documents: a declaration in an envelope, an answer in a result, and no deeper. */
const DEEPEST = 2;
/** As many as the judge opens. */
const MOST_PARTS = 500;
const BYTE_ORDER_MARK = '\ufeff';

export interface Basis extends Pick<SignatureContext, 'trust' | 'answersFor'> {
  readonly trust: TrustMaterial;
  /** As of when certificates are judged: of reception, or what a message says of its own time. */
  readonly at: Date;
  readonly dictionary: Dictionary;
  readonly policy?: JudgingPolicy;
}

export function renditionOf(bytes: Buffer, basis: Basis): Rendition {
  const { at, policy = fieldPolicy } = basis;
  const context = { standard: { signaturePolicy: policy }, trust: basis.trust, receivedAt: at, ...(basis.answersFor === undefined ? {} : { answersFor: basis.answersFor }) };
  const work: Work = { context, dictionary: basis.dictionary, budget: fullBudget(), parts: [] };
  addPart(work, parse(bytes, work.budget), 0);
  const parts = work.parts.map(({ part }) => part).filter((part) => part !== undefined);
  const standings = parts.flatMap(({ verdicts }) => verdicts.map(({ standing }) => standing));
  return { title: parts[0]?.title ?? { vi: '', en: '' }, digest: sha256(bytes), size: bytes.length, at, standing: worstOf(standings), parts };
}

interface Work {
  readonly context: SignatureContext;
  readonly dictionary: Dictionary;
  readonly budget: Budget;
  /** In the order in which they are shown: a place is taken before what is inside is looked at. */
  readonly parts: { part?: Part }[];
}

function addPart(work: Work, document: XmlDocument, depth: number, file?: FileFacts): void {
  const slot: { part?: Part } = {};
  work.parts.push(slot);
  const place = signaturePlaceOf(document) ?? declarationPlace(document.root.local);
  const { verdict, signed } = judge(work.context, document, place);
  const content = signed ?? readUnsigned(document, place);
  const labels = work.dictionary.find(content);
  const entries = document.root.local === envelopeForm ? new Map(readEnvelope(content).files.map((entry) => [entry.content, entry])) : new Map<XmlElement | undefined, EnvelopeFile>();
  const fileOf = (element: XmlElement, octets: Buffer, label: Label): ReturnType<Parameters<typeof blocksOf>[0]['fileOf']> => {
    const entry = entries.get(element);
    const facts = { name: entry?.name?.text ?? '', size: octets.length, digest: sha256(octets) };
    const part = depth < DEEPEST && isDocument(work, octets, entry) ? addInner(work, octets, depth + 1, facts) : undefined;
    return { kind: 'file', label, ...facts, ...(part === undefined ? {} : { part }) };
  };
  const blocks = blocksOf({ document, fileOf }, content.root, labels?.root);
  const counter = counterVerdict(work.context, document, place);
  slot.part = {
    title: labels?.title ?? { vi: document.root.local, en: document.root.local },
    ...(file === undefined ? {} : { file }),
    standing: verdict.standing,
    verdicts: counter === undefined ? [verdict] : [verdict, counter],
    blocks,
  };
}

/** As the judge decides which files are declarations, and, elsewhere, whatever starts like XML. */
function isDocument({ dictionary, parts }: Work, octets: Buffer, entry: EnvelopeFile | undefined): boolean {
  if (parts.length >= MOST_PARTS) return false;
  if (entry === undefined) return octets.toString('utf8', 0, 16).replace(BYTE_ORDER_MARK, '').startsWith('<');
  const form = formCode(entry.form?.text ?? '');
  return form !== attachmentForm && (isXmlExtension(entry.extension?.text ?? '') || dictionary.has(form));
}

function addInner(work: Work, octets: Buffer, depth: number, file: FileFacts): number {
  const index = work.parts.length;
  const findings: Finding[] = [];
  const document = attempt(findings, () => parse(octets, work.budget));
  if (document === undefined) work.parts.push({ part: unreadable(findings, work.context.receivedAt, file) });
  else addPart(work, document, depth, file);
  return index;
}

function unreadable(findings: readonly Finding[], at: Date, file: FileFacts): Part {
  const verdict = verdictOf({ role: { vi: 'Không đọc được tệp', en: 'The file cannot be read' }, report: undefined, findings, certificate: undefined, at });
  return { title: { vi: 'Tệp không đọc được', en: 'Unreadable file' }, file, standing: verdict.standing, verdicts: [verdict], blocks: [] };
}

function judge(context: SignatureContext, document: XmlDocument, place: SignaturePlace): { readonly verdict: Verdict; readonly signed: Content | undefined } {
  const role: Words = { vi: 'Chữ ký', en: 'Signature' };
  const at = context.receivedAt;
  const undecided = (detail: string): ReturnType<typeof judge> => {
    const findings: Finding[] = [];
    const signed = attempt(findings, () => verifySignature(document, place, context.standard.signaturePolicy));
    return { signed, verdict: verdictOf({ role, report: undefined, findings, certificate: signed?.certificate, undecided: detail, at }) };
  };
  return unlessUnavailable(() => {
    const { signed, report, findings } = judgeSignature(document, place, 'declaration', context);
    return { signed, verdict: verdictOf({ role, report, findings, certificate: signed?.certificate, at }) };
  }, undecided);
}

function counterVerdict(context: SignatureContext, document: XmlDocument, place: SignaturePlace): Verdict | undefined {
  const role: Words = { vi: 'Chữ ký của I-VAN', en: 'Signature of the I-VAN' };
  const at = context.receivedAt;
  const certificate = attempt([], () => verifyCounterSignature(document, place, context.standard.signaturePolicy))?.certificate;
  return unlessUnavailable(
    () => {
      const { report, findings } = judgeCounterSignature(document, place, context);
      return report === undefined && findings.length === 0 ? undefined : verdictOf({ role, report, findings, certificate, at });
    },
    (detail) => verdictOf({ role, report: undefined, findings: [], certificate, undecided: detail, at }),
  );
}

function unlessUnavailable<Value>(step: () => Value, otherwise: (detail: string) => Value): Value {
  try {
    return step();
  } catch (error) {
    if (error instanceof Unavailable) return otherwise(error.reason);
    throw error;
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
