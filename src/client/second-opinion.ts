// What the second engine says of a signature that the first one found whole: both must agree, and where they do not it counts as failed.
import { statusOf } from '../report/model.ts';
import type { SignaturePlace } from '../signature/verify.ts';
import { ClientError } from './errors.ts';
import type { ExaminedSignature } from './examine-signature.ts';
import { reasonFor, reasonOfError } from './reasons.ts';
import { BeyondSecondEngine, confirmCounterSignature, confirmDetached, confirmSignature } from './second-engine.ts';
import type { SecondQuestion } from './second-engine.ts';

const SECOND = 'xmldsigjs';

/** Not asked where the first engine says already that something is not as it was signed: nothing that the second could say would help. */
export async function confirmed(examined: ExaminedSignature, bytes: Buffer, place: SignaturePlace): Promise<ExaminedSignature> {
  return asked(examined, (certificate) => confirmSignature(bytes, certificate, examined.entry.xpath, place, questionOf(examined)));
}

/** The same of an I-VAN's signature beside a unit's. */
export async function confirmedCounter(examined: ExaminedSignature, bytes: Buffer, place: SignaturePlace): Promise<ExaminedSignature> {
  return asked(examined, (certificate) => confirmCounterSignature(bytes, certificate, examined.entry.xpath, place, questionOf(examined)));
}

/** One signer in the field hashes its signing time in a way of its own (wire-format §3.2), which our engine says; the rest is asked about. */
function questionOf({ findings }: ExaminedSignature): SecondQuestion {
  return { unverified: new Set(findings.filter(({ code }) => code === 'SIGNING_TIME_UNVERIFIED').map(({ params }) => String(params['uri']))) };
}

/** The same of a container's signature over its files. */
export async function confirmedSeal(examined: ExaminedSignature, bytes: Buffer, files: ReadonlyMap<string, Buffer>): Promise<ExaminedSignature> {
  return asked(examined, (certificate) => confirmDetached(bytes, certificate, files, examined.entry.xpath));
}

async function asked(examined: ExaminedSignature, ask: (certificate: Buffer) => Promise<void>): Promise<ExaminedSignature> {
  const { entry, certificate } = examined;
  if (entry.integrity !== 'whole' || certificate === undefined) return examined;
  try {
    await ask(certificate);
    return { ...examined, entry: { ...entry, engines: [...entry.engines, SECOND] } };
  } catch (error) {
    if (error instanceof BeyondSecondEngine) return beyond(examined, error.message);
    if (!(error instanceof ClientError)) throw error;
    return { ...examined, engineError: error, entry: { ...entry, ...statusOf('TOTAL-FAILED', 'SIG_CRYPTO_FAILURE'), integrity: 'broken', reasons: [reasonOfError(error), ...entry.reasons] } };
  }
}

/** Passed is what both say. */
function beyond(examined: ExaminedSignature, algorithm: string): ExaminedSignature {
  const { entry } = examined;
  const status = entry.indication === 'TOTAL-PASSED' ? statusOf('INDETERMINATE', 'GENERIC') : statusOf(entry.indication, entry.subIndication);
  return { ...examined, entry: { ...entry, ...status, reasons: [reasonFor('SECOND_ENGINE_CANNOT', algorithm), ...entry.reasons] } };
}
