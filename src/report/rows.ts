// A report as rows in the order of reading, for a terminal and for a page: headings, and names with their values, each in both languages.
import { integrityWords, levelName, localTime, questions, timeWords, validityWords, verdictOf } from './words.ts';
import type { CertificateEntry, ObjectReport, ProofEntry, Reason, Report, SignatureEntry, Status, Words } from './model.ts';
import { summaryOf } from './summary.ts';

export interface Row {
  /** How deep in the report it stands. */
  readonly depth: number;
  readonly kind: 'object' | 'summary' | 'signature' | 'proof' | 'fact' | 'reason' | 'action';
  readonly name: Words;
  /** Absent for what is said in the name alone. */
  readonly value?: Words;
  /** Of what is good, open or bad. */
  readonly tone?: 'passed' | 'open' | 'failed';
}

export function rowsOf({ objects }: Report): readonly Row[] {
  return objects.flatMap((object) => objectRows(object, 0));
}

export function objectRows(object: ObjectReport, depth: number): readonly Row[] {
  const { name, title, digest, facts, signatures, proofs, reasons, objects } = object;
  const fact = (words: Words, value: Words | string | undefined): readonly Row[] => factRow(depth, words, value);
  return [
    { depth, kind: 'object', name: { vi: `${name}: ${title.vi}`, en: `${name}: ${title.en}` }, value: verdictOf(object), tone: toneOf(object) },
    ...reasons.flatMap((reason) => reasonRows(reason, depth, toneOf(object))),
    ...summaryOf(object).map(({ name: of, value, tone }): Row => ({ depth, kind: 'summary', name: of, value, tone })),
    ...facts.flatMap((one) => fact(one, one.value)),
    ...fact({ vi: 'SHA-256', en: 'SHA-256' }, digest),
    ...signatures.flatMap((signature) => signatureRows(signature, depth)),
    ...proofs.flatMap((proof) => proofRows(proof, depth)),
    ...objects.flatMap((inner) => objectRows(inner, depth + 1)),
  ];
}

export function signatureRows(entry: SignatureEntry, depth: number): readonly Row[] {
  const { role, xpath, signer, managers, bestTime, integrity, engines, then, now, method, level, timestamps, claimedTime, reasons } = entry;
  const fact = (name: Words, value: Words | string | undefined): readonly Row[] => factRow(depth, name, value);
  const [issuer, ...above] = managers;
  return [
    { depth, kind: 'signature', name: role, value: validityWords(entry), tone: toneOf(entry) },
    ...reasons.flatMap((reason) => reasonRows(reason, depth, toneOf(entry))),
    ...fact(questions.signer, signer?.subject),
    ...fact(questions.taxCode, signer?.taxCodes.join(', ')),
    ...fact(questions.issuer, issuer?.subject ?? signer?.issuer),
    ...fact(questions.managers, [issuer, ...above].flatMap((one) => (one === undefined ? [] : [one.name])).join(' → ')),
    ...fact(questions.certificate, signer?.fingerprint),
    ...fact(questions.period, signer && periodOf(signer)),
    ...fact(questions.time, timeWords(bestTime)),
    ...fact(questions.claimed, claimedTime && localTime(claimedTime)),
    ...fact(questions.integrity, integrityWords(integrity)),
    ...fact(questions.then, validityWords(then)),
    ...fact(questions.now, validityWords(now)),
    ...revocationRows(entry, depth),
    ...fact(questions.method, method),
    ...fact(questions.level, level && levelName(level)),
    ...timestamps.flatMap(({ time }) => fact({ vi: 'Dấu thời gian', en: 'Time stamp' }, localTime(time))),
    ...fact(questions.engines, engines.join(' + ')),
    ...fact(questions.place, xpath),
  ];
}

/** What showed that none of the path is revoked, or that one is: once where the same showed it then and now. */
function revocationRows({ then, now, signer, managers }: SignatureEntry, depth: number): readonly Row[] {
  const names = new Map([...(signer === undefined ? [] : [signer]), ...managers].map(({ fingerprint, name }) => [fingerprint, name]));
  const texts = ({ revocation }: SignatureEntry['now']): readonly string[] => revocation.map(({ certificate, kind, digest, thisUpdate, nextUpdate }) => `${names.get(certificate) ?? certificate.slice(0, 12)}: ${kind.toUpperCase()} ${digest.slice(0, 12)}…, ${localTime(thisUpdate)} – ${localTime(nextUpdate)}`);
  const [before, today] = [texts(then), texts(now)];
  return [
    ...before.flatMap((text) => factRow(depth, today.includes(text) ? questions.revocation : questions.revocationThen, text)),
    ...today.filter((text) => !before.includes(text)).flatMap((text) => factRow(depth, questions.revocationNow, text)),
  ];
}

function reasonRows({ code, vi, en, place, action }: Reason, depth: number, tone: Row['tone']): readonly Row[] {
  const at = place === undefined ? { vi: '', en: '' } : { vi: ` (tại ${place})`, en: ` (at ${place})` };
  const toned = tone === undefined ? {} : { tone };
  return [{ depth, kind: 'reason', name: { vi: `${code}: ${vi}${at.vi}`, en: `${code}: ${en}${at.en}` }, ...toned }, ...(action === undefined ? [] : [{ depth, kind: 'action', name: action, ...toned } as const])];
}

function proofRows({ title, state, facts, reasons }: ProofEntry, depth: number): readonly Row[] {
  const tone = state === 'unchecked' ? 'open' : state;
  return [
    { depth, kind: 'proof', name: title, value: proofStates[state], tone },
    ...reasons.flatMap((reason) => reasonRows(reason, depth, tone)),
    ...facts.flatMap((one) => factRow(depth, one, one.value)),
  ];
}

const proofStates: Readonly<Record<ProofEntry['state'], Words>> = {
  passed: { vi: 'đúng', en: 'right' },
  failed: { vi: 'SAI', en: 'WRONG' },
  unchecked: { vi: 'chưa kiểm tra', en: 'not checked' },
};

function periodOf({ notBefore, notAfter }: CertificateEntry): string {
  return `${localTime(notBefore)} – ${localTime(notAfter)}`;
}

function factRow(depth: number, name: Words, value: Words | string | undefined): readonly Row[] {
  if (value === undefined || value === '') return [];
  return [{ depth, kind: 'fact', name: { vi: name.vi, en: name.en }, value: typeof value === 'string' ? { vi: value, en: value } : value }];
}

function toneOf({ indication }: Status): 'passed' | 'open' | 'failed' {
  return ({ 'TOTAL-PASSED': 'passed', INDETERMINATE: 'open', 'TOTAL-FAILED': 'failed' } as const)[indication];
}
