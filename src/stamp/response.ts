// What an authority answers (TimeStampResp, RFC 3161 §2.4.2) → the token, if it granted one and the token answers this very question: SHA-256 of these
// octets, our nonce. Whether the token is believed is decided by `verifyTimeStamp`, not here. Every problem is an Error with a short text for the operator.
import { createHash } from 'node:crypto';

import { readSignedMessage } from '../trust/cms.ts';
import { elementsOf, fieldsOf, integerOf, readDer, tags } from '../trust/der.ts';
import type { Der } from '../trust/der.ts';
import { readTokenInfo } from '../trust/token-info.ts';
import type { Asked } from './request.ts';

/** In octets: a token with a long path has 10 KiB. */
export const LARGEST_RESPONSE = 256 * 1024;

const GRANTED = 0;
const GRANTED_WITH_CHANGES = 1;
const statusNames = ['granted', 'grantedWithMods', 'rejection', 'waiting', 'revocationWarning', 'revocationNotification'];
const failures: ReadonlyMap<number, string> = new Map([
  [0, 'badAlg'], [2, 'badRequest'], [5, 'badDataFormat'], [14, 'timeNotAvailable'], [15, 'unacceptedPolicy'], [16, 'unacceptedExtension'], [17, 'addInfoNotAvailable'], [25, 'systemFailure'],
]);
const LONGEST_WORDS = 200;

/** The token's octets. @throws Error */
export function tokenIn(response: Buffer, asked: Asked): Buffer {
  const token = grantedIn(response);
  const { content } = readSignedMessage(token);
  const { imprint, imprintHash } = readTokenInfo(content);
  if (imprintHash !== 'sha256' || !imprint.equals(createHash('sha256').update(asked.octets).digest())) throw new Error('a token about other octets');
  if (nonceIn(content)?.equals(asked.nonce) !== true) throw new Error('a token that does not answer this question (nonce)');
  return token;
}

function grantedIn(response: Buffer): Buffer {
  const fields = fieldsOf(readDer(response));
  const statusInfo = fieldsOf(fields.next());
  const status = Number.parseInt(integerOf(statusInfo.next()), 16);
  const words = statusInfo.optional(tags.sequence);
  const failure = statusInfo.optional(tags.bitString);
  statusInfo.end();
  const token = fields.optional(tags.sequence);
  fields.end();
  if ((status === GRANTED || status === GRANTED_WITH_CHANGES) && token !== undefined) return token.raw;
  throw new Error([`the authority answered ${statusNames[status] ?? status}`, ...failureNames(failure), ...saidIn(words)].join(', '));
}

function failureNames(bits: Der | undefined): string[] {
  const [, ...octets] = bits?.content ?? [];
  return [...failures].flatMap(([bit, name]) => (((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) === 0 ? [] : [name]));
}

function saidIn(words: Der | undefined): string[] {
  const said = words === undefined ? '' : elementsOf(words).map(({ content }) => content.toString('utf8')).join(' ');
  return said === '' ? [] : [said.slice(0, LONGEST_WORDS).replace(/\p{C}/gu, ' ').toWellFormed()];
}

/** `readTokenInfo` has seen that the fields are what they must be: the integer after the instant is the nonce. */
function nonceIn(tokenInfo: Buffer): Buffer | undefined {
  return elementsOf(readDer(tokenInfo)).slice(5).find(({ tag }) => tag === tags.integer)?.content;
}
