// A backend's answer → what it says, verified: signed content, trusted certificate, one that this backend may sign with, and about the very
// dossier that was asked for. Pure.
import { refuse } from '../errors/outcomes.ts';
import { verifySignature } from '../signature/verify.ts';
import type { SignedContent } from '../signature/verify.ts';
import { messagePlace } from '../standard/kind.ts';
import { trustContent } from '../standard/signer.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { elementAt } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { textOf } from '../xml/text.ts';

export interface Answer {
  readonly digest: string;
  readonly dossierNumber: string;
  readonly code: string;
  readonly text: string;
  /** That the unit gets at its first registration; '' for none. */
  readonly unitCode: string;
  readonly signer: string;
}

export interface Expected {
  readonly digest: string;
  readonly dossierNumber: string;
  /** SHA-256 fingerprints of the certificates that may sign. */
  readonly signers: ReadonlySet<string>;
}

const UNIT_CODE = /^[A-Z0-9]{0,20}$/;

/** Throws `Refusal` when the answer is not to be believed, `Unavailable` when revocation is unknown. */
export function readAnswer(bytes: Buffer, expected: Expected, trust: TrustMaterial, at: Date): Answer {
  const signed = verifySignature(parse(bytes), messagePlace);
  const signer = trustContent(signed, trust, at);
  if (!expected.signers.has(signer.certificate.fingerprint)) refuse('ANSWER_SIGNER', { place: signed.place, params: { subject: signer.subject } });
  const answer = {
    digest: field(signed, 'SHA256'),
    dossierNumber: field(signed, 'SO_HSO'),
    code: field(signed, 'MA_KQUA'),
    text: field(signed, 'KQUA'),
    unitCode: field(signed, 'MA_DVI'),
    signer: signer.commonName,
  };
  if (answer.digest !== expected.digest || answer.dossierNumber !== expected.dossierNumber) {
    refuse('ANSWER_MISMATCH', { params: { found: `${answer.dossierNumber} ${answer.digest.slice(0, 12)}`, expected: `${expected.dossierNumber} ${expected.digest.slice(0, 12)}` } });
  }
  if (answer.code === '') refuse('ANSWER_MISMATCH', { params: { found: 'MA_KQUA ∅', expected: 'MA_KQUA' } });
  if (!UNIT_CODE.test(answer.unitCode)) refuse('ANSWER_MISMATCH', { params: { found: `MA_DVI ${answer.unitCode.slice(0, 20)}`, expected: 'MA_DVI' } });
  return answer;
}

function field({ document, root }: SignedContent, name: string): string {
  const element = elementAt(root, ['KETQUA_XULY', name]);
  return element === undefined ? '' : textOf(document, element).trim();
}
