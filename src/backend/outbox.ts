// From what a turn has to say to the feed: numbered within its dossier, signed by the agency, put out in the order said. An agency told to be
// faulty says wrong things besides; what is right is always said too, and it alone is kept as the dossier's answer.
import { createHash } from 'node:crypto';

import type { Issue } from '../receipts/issue.ts';
import type { CaseFile } from './case-file.ts';
import { changeCase } from './case-store.ts';
import { keepAnswer, nextSaid } from './dossier-store.ts';
import { addMessages } from './message-store.ts';
import type { NewMessage } from './message-store.ts';
import { messageXml } from './messages.ts';
import type { About, Saying } from './messages.ts';
import { strikes } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Query } from './store.ts';

export interface Voice {
  /** Signs as the agency. */
  readonly issue: Issue;
  /** Signs with a certificate that has been revoked; undefined where there is none. */
  readonly issueRevoked: Issue | undefined;
  readonly scenario: () => Scenario;
}

export type Addressee = Pick<About, 'digest' | 'dossierNumber' | 'transactionCode'>;

/** Said about one dossier of a case, all of it at one instant. */
export interface Speech {
  readonly to: Addressee;
  readonly sayings: readonly Saying[];
}

const CONTRADICTION = { code: 'GW-TC99', text: 'Kết quả trái với kết quả trước (thử nghiệm).' };

/** `first`: the case's first words, which an agency that says later things before earlier ones holds back. */
export async function say(query: Query, voice: Voice, file: CaseFile, speeches: readonly Speech[], at: Date, first = false): Promise<void> {
  const messages: (readonly NewMessage[])[] = [];
  for (const { to, sayings } of speeches) {
    for (const saying of sayings) {
      const about: About = { ...to, number: await nextSaid(query, to.digest), at, agency: file.agency };
      const body = await voice.issue(messageXml(about, saying));
      if (saying.kind === 'KETQUA_XULY') await keepAnswer(query, to.digest, body, at);
      messages.push((await withFaults(voice, about, saying, body)).map((octets) => ({ caseDigest: file.digest, kind: saying.kind, body: octets, at })));
    }
  }
  await addMessages(query, await inOrder(query, voice.scenario(), file, messages, at, first));
}

async function withFaults({ issue, issueRevoked, scenario }: Voice, about: About, saying: Saying, right: Buffer): Promise<Buffer[]> {
  const told = scenario();
  const bodies = [right];
  if (saying.kind === 'KETQUA_XULY') {
    if (issueRevoked !== undefined && strikes(told, 'revoked', about.digest)) bodies.unshift(await issueRevoked(messageXml(about, saying)));
    if (strikes(told, 'other-dossier', about.digest)) bodies.unshift(await issue(messageXml({ ...about, digest: anotherDigest(about.digest) }, saying)));
    if (strikes(told, 'wrong-code', about.digest)) bodies.push(await issue(messageXml(about, { ...saying, outcome: CONTRADICTION })));
  }
  return strikes(told, 'duplicate', about.digest) ? [...bodies, ...bodies] : bodies;
}

function anotherDigest(digest: string): string {
  return createHash('sha256').update(digest).digest('hex');
}

/** By saying: an agency that says later things first still says a right one before the wrong one that contradicts it. */
async function inOrder(query: Query, scenario: Scenario, file: CaseFile, messages: readonly (readonly NewMessage[])[], at: Date, first: boolean): Promise<readonly NewMessage[]> {
  const held = file.held.map((body): NewMessage => ({ caseDigest: file.digest, kind: 'TIEPNHAN_XULY', body: Buffer.from(body, 'base64'), at }));
  if (!strikes(scenario, 'reorder', file.digest)) return [...held, ...messages.flat()];
  if (first) {
    await changeCase(query, file.digest, { held: messages.flat().map(({ body }) => body.toString('base64')) });
    return [];
  }
  if (held.length > 0 && messages.length > 0) await changeCase(query, file.digest, { held: [] });
  return messages.length === 0 ? [] : [...messages.toReversed().flat(), ...held];
}
