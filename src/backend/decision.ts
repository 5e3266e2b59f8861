// What the agency decides about a dossier that the gateway accepted. Pure: the same octets give the same decision. It relies on the
// gateway's receipt for who signed; signatures are verified again because only what they cover is read. One rule of its own so far:
// nobody may be listed twice with the same change from the same month. A unit that registers for the first time gets a code.
import { createHash } from 'node:crypto';

import { Refusal } from '../errors/outcomes.ts';
import { verifySignature } from '../signature/verify.ts';
import { envelopePlace, readEnvelope } from '../standard/envelope.ts';
import { parse } from '../xml/parse.ts';
import { readChanges } from './labour-list.ts';
import type { LabourChange } from './labour-list.ts';

export interface Decision {
  /** MA_KQUA: 200, or a code of the agency's own. */
  readonly code: string;
  /** KQUA, in Vietnamese. */
  readonly text: string;
  /** Code of the agency that decides, '' when the dossier cannot be read. */
  readonly agency: string;
  /** Given to a unit that registers for the first time. */
  readonly unitCode?: string;
}

const SETTLED = '200';
const PERSON_TWICE = 'GW-TC01';
const UNREADABLE = 'GW-TC02';

export async function decide(dossier: Buffer): Promise<Decision> {
  try {
    const signed = verifySignature(parse(dossier), envelopePlace);
    const envelope = readEnvelope(signed);
    const decision = { ...judge(await readChanges(signed, envelope)), agency: envelope.agency?.text ?? '' };
    const isNew = envelope.kind === 'first-registration' && decision.code === SETTLED;
    return isNew ? { ...decision, ...registered(envelope.taxCode?.text ?? '') } : decision;
  } catch (error) {
    // The gateway never forwards such a dossier. Whoever did gets an answer all the same, not a case that stays open for ever.
    if (error instanceof Refusal) return { code: UNREADABLE, text: 'Từ chối giải quyết: không đọc được hồ sơ.', agency: '' };
    throw error;
  }
}

function judge(changes: readonly LabourChange[] | undefined): Pick<Decision, 'code' | 'text'> {
  if (changes === undefined) return { code: SETTLED, text: 'Đã giải quyết: hồ sơ không có danh sách lao động.' };
  const repeated = firstRepeated(changes);
  if (repeated !== undefined) return { code: PERSON_TWICE, text: `Từ chối giải quyết: người lao động ở dòng ${repeated.row} bị kê khai trùng.` };
  return { code: SETTLED, text: `Đã giải quyết: ${countPeople(changes)} người lao động.` };
}

/** One code for one tax code, as a real agency's register would give it. */
function registered(taxCode: string): Pick<Decision, 'text' | 'unitCode'> {
  const number = BigInt(`0x${createHash('sha256').update(taxCode).digest('hex')}`) % 100_000n;
  const unitCode = `TZ${String(number).padStart(5, '0')}`;
  return { text: `Đã cấp mã đơn vị ${unitCode}.`, unitCode };
}

function firstRepeated(changes: readonly LabourChange[]): LabourChange | undefined {
  const seen = new Set<string>();
  return changes.find(({ person, change, fromMonth }) => {
    if (person === undefined) return false;
    const key = [person, change, fromMonth].join(' ');
    const repeated = seen.has(key);
    seen.add(key);
    return repeated;
  });
}

/** A person may have several changes; somebody without any number counts as another person each time. */
function countPeople(changes: readonly LabourChange[]): number {
  const numbered = changes.flatMap(({ person }) => (person === undefined ? [] : [person]));
  return new Set(numbered).size + changes.length - numbered.length;
}
