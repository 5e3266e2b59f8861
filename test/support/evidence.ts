// Evidence in memory: a log of one dossier's records, the receipt that proves its dossier in it, and the container of all of them, stamped and witnessed.
import { generateKeyPairSync } from 'node:crypto';

import { digestOf } from '../../src/client/verify-message.ts';
import { issueCertificate } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import { makeTimeStampToken } from '../../src/development/time-stamp-authority.ts';
import { sealContainer } from '../../src/evidence/container/seal.ts';
import { checkpointText } from '../../src/log/checkpoint.ts';
import { canonicalJson, commitmentTo, entryOctets } from '../../src/log/entry.ts';
import type { Facts } from '../../src/log/entry.ts';
import { emptyTree, grow, inclusionProof, leafHash, readerOf, rootOf } from '../../src/log/merkle.ts';
import { noteText, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import type { SignedNote } from '../../src/log/note.ts';
import { proofText } from '../../src/log/proof.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { loggedSubmission } from '../../src/receipts/log-entry.ts';
import { receiptXml } from '../../src/receipts/receipt.ts';
import { certificateOf as pemCertificate } from './pem.ts';
import { agencyAnswerFor, dossierOf, issuer, receiptFacts, resultFor } from '../client/support.ts';
import type { World } from '../client/support.ts';

export const ORIGIN = 'gateway.example/log';
const salt = Buffer.alloc(32, 7);

export interface Evidence {
  readonly dossier: Buffer;
  readonly receipt: Buffer;
  readonly result: Buffer;
  readonly container: Buffer;
  /** What the container holds, before it is sealed. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly logKey: string;
  readonly otherLogKey: string;
  readonly witnessKey: string;
  readonly witnessedAt: Date;
  readonly stampedAt: Date;
}

interface Logged {
  readonly kind: string;
  readonly facts: Facts;
}

export async function makeEvidence(world: World, period = '05/2026'): Promise<Evidence> {
  const log = signerOf(ORIGIN, generateKeyPairSync('ed25519').privateKey);
  const witness = signerOf('witness.example/w1', generateKeyPairSync('ed25519').privateKey, 'witness');
  const [stampedAt, witnessedAt] = [new Date(Math.floor(world.now.getTime() / 1000) * 1000 - 1000), new Date(Math.floor(world.now.getTime() / 1000) * 1000)];
  const noteOf = (entries: readonly Logged[]): { readonly note: SignedNote; readonly proof: (index: number) => string } => {
    const growth = grow(emptyTree, entries.map(({ kind, facts }) => leafHash(entryOctets(kind, commitmentTo(facts, salt)))));
    const text = checkpointText({ origin: ORIGIN, size: entries.length, root: rootOf(growth.head) });
    const note = { text, lines: [signatureLine(text, log), signatureLine(text, witness, witnessedAt)] };
    return { note, proof: (index) => proofText({ extra: salt, index, path: inclusionProof(index, entries.length, readerOf(emptyTree, growth)), checkpoint: note }) };
  };
  const dossier = await dossierOf(world, { period });
  const facts = receiptFacts(world, dossier);
  const other = { kind: 'event', facts: { id: '1' } };
  const submission = { kind: 'submission', facts: { ...loggedSubmission({ ...facts, dossierNumber: facts.accepted?.dossierNumber }) } };
  const receipt = await issueWith(world.gateway)(receiptXml({ ...facts, logProof: noteOf([other, submission]).proof(1) }, issuer));
  const answer = await agencyAnswerFor(world, digestOf(dossier));
  const result = await resultFor(world, dossier, answer);
  const entries = [other, submission, { kind: 'receipt', facts: { receipt: digestOf(receipt), 'submission.body': digestOf(dossier) } }, { kind: 'result', facts: { body: digestOf(result), agency_answer: digestOf(answer) } }];
  const { note, proof } = noteOf(entries);
  const logged = ['dossier', 'receipt', 'results/1'].flatMap((name, place): [string, Buffer][] => [[`log/${name}.proof`, Buffer.from(proof(place + 1))], [`log/${name}.json`, Buffer.from(canonicalJson(entries[place + 1]?.facts ?? {}))]]);
  const files = new Map<string, Buffer>([
    ['dossier.xml', dossier], ['receipt.xml', receipt], ['results/1.xml', result], ['agency/results/1.xml', answer],
    ...logged,
    ['log/key.txt', Buffer.from(`${verifierText(log)}\n`)], ['log/checkpoint.txt', Buffer.from(noteText(note))],
    ['timestamps/1.txt', Buffer.from(noteText(note))], ['timestamps/1.tst', stampOf(world, Buffer.from(noteText(note)), stampedAt)],
    ['README.txt', Buffer.from('Đọc tệp này trước\n')],
  ]);
  return {
    dossier, receipt, result, files, container: await sealContainer(files, world.gateway, world.now), logKey: verifierText(log),
    otherLogKey: verifierText(signerOf(ORIGIN, generateKeyPairSync('ed25519').privateKey)), witnessKey: verifierText(witness), witnessedAt, stampedAt,
  };
}

function stampOf({ pki, now }: World, octets: Buffer, genTime: Date): Buffer {
  const { certificatePem, privateKeyPem } = issueCertificate({
    subject: { C: 'VN', CN: 'TSA (thử nghiệm)' }, keyUsage: ['digitalSignature'], extendedKeyUsage: ['timeStamping'], issuer: pki.subordinate, notBefore: daysAfter(now, -30), notAfter: daysAfter(now, 300),
  });
  return makeTimeStampToken(pemCertificate(certificatePem, privateKeyPem), { octets, genTime });
}
