// A sender's world in memory: the development PKI, what trusts it, a dossier of the simplest kind, and the gateway's own messages about it.
import { generateKeyPairSync } from 'node:crypto';

import { createDevelopmentPki } from '../../src/development/pki.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { buildD02, buildEnvelope } from '../../src/client/build.ts';
import type { EnvelopeFacts, LabourListFacts } from '../../src/client/build.ts';
import { signDeclaration, signDossier } from '../../src/client/sign.ts';
import { digestOf } from '../../src/client/verify-message.ts';
import { finding } from '../../src/errors/outcomes.ts';
import { checkpointText } from '../../src/log/checkpoint.ts';
import { noteText, signatureLine, signerOf, verifierText } from '../../src/log/note.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { logStatementXml } from '../../src/receipts/log-statement.ts';
import { nonReceiptXml } from '../../src/receipts/non-receipt.ts';
import { registrationNoticeXml } from '../../src/receipts/registration-notice.ts';
import type { NoticeFacts } from '../../src/receipts/registration-notice.ts';
import { receiptXml } from '../../src/receipts/receipt.ts';
import type { Issuer, ReceiptFacts } from '../../src/receipts/receipt.ts';
import { resultXml } from '../../src/receipts/result.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import { formatDay } from '../../src/standard/time.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';

export interface World {
  readonly pki: DevelopmentPki;
  readonly trust: TrustMaterial;
  readonly now: Date;
  readonly employer: SigningIdentity;
  readonly gateway: SigningIdentity;
  readonly agency: SigningIdentity;
}

/** The PKI's certificates serve TLS too, so that its instant must be the present one. */
export async function createWorld(now = new Date()): Promise<World> {
  const pki = await createDevelopmentPki({ now });
  const identity = (party: 'employer' | 'gatewaySigning' | 'agencySigning'): SigningIdentity => readIdentity(pki[party].certificatePem, pki[party].privateKeyPem);
  return { pki, trust: trustOf(pki), now, employer: identity('employer'), gateway: identity('gatewaySigning'), agency: identity('agencySigning') };
}

export function trustOf(pki: DevelopmentPki): TrustMaterial {
  return parseTrustMaterial(trustFiles(pki).map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
}

export function trustFiles(pki: DevelopmentPki): [name: string, text: string][] {
  return [
    ['root.pem', pki.root.certificatePem],
    ['subordinate.pem', pki.subordinate.certificatePem],
    ['root.crl.pem', pki.rootCrlPem],
    ['subordinate.crl.pem', pki.subordinateCrlPem],
  ];
}

export const employee = { fullName: 'Nguyễn Văn Thử', insuranceNumber: '0100000001', salary: 5008000, fromMonth: '05/2026', change: 'TM', male: true, note: 'HĐLĐ số 12 & phụ lục <1>' };

export function envelopeFacts(now: Date, declaration: Buffer): EnvelopeFacts {
  return {
    unit: { name: 'Công ty Sao Khuê & con', code: 'TZ0001L', taxCode: '0101300842', signatory: 'Người Ký', telephone: '0240000000', agency: '01903' },
    procedure: { code: '600', name: 'Báo tăng, báo giảm' },
    period: '05/2026',
    filedOn: formatDay(now),
    files: [
      { form: 'D02-TS', description: 'Danh sách lao động', name: 'D02-TS-595.xml', extension: '.xml', content: declaration },
      { form: 'CT-DK', description: 'Quyết định', name: 'quyet-dinh.pdf', extension: '.pdf', content: Buffer.from('%PDF-1.4\n') },
    ],
  };
}

export async function dossierOf({ employer, now }: World, envelope: Partial<EnvelopeFacts> = {}, list: Partial<LabourListFacts> = {}): Promise<Buffer> {
  const declaration = await signDeclaration(buildD02({ employees: [employee], ...list }), employer, now);
  return signDossier(buildEnvelope({ ...envelopeFacts(now, declaration), ...envelope }), employer, now);
}

export function receiptFacts({ now }: World, dossier: Buffer, kind: ReceiptFacts['kind'] = 'accepted'): ReceiptFacts {
  const hour = 3_600_000;
  const signer = { name: 'CÔNG TY', serialNumber: '01', taxCodes: ['0101300842'], issuer: 'CN=CA' };
  const common = {
    kind,
    digest: digestOf(dossier),
    size: dossier.length,
    receivedAt: now,
    transactionCode: 'GD-1',
    sender: 'direct',
    declared: {
      kind: 'dossier' as const,
      unitName: 'Công ty Sao Khuê', unitCode: 'TZ0001L', taxCode: '0101300842', agency: '01903', procedure: '600', procedureName: 'Báo tăng',
      period: '05/2026', filedOn: '14/05/2026', files: [{ name: 'D02.xml', form: 'D02-TS', size: 10, digest: 'a'.repeat(64) }],
    },
    findings: [],
    ruleSetDigest: 'b'.repeat(64),
    ruleSet: 'qd366-2026',
    trustDigest: 'c'.repeat(64),
  };
  if (kind === 'accepted') {
    const accepted = { dossierNumber: '00001/2026/01903', dueAt: new Date(now.getTime() + 120 * hour), dueProvisional: false, slipDueAt: new Date(now.getTime() + 2 * hour), signer };
    return { ...common, accepted };
  }
  if (kind === 'conflict') return { ...common, conflict: { key: 'key-1', digest: 'd'.repeat(64), receivedAt: now } };
  const place = { file: 'D02-TS-595.xml', xpath: '/D02-TS/NoiDung', line: 3, column: 7 };
  return { ...common, findings: [finding('VALUE_INVALID', { place, value: '13/2026', params: { element: 'TuThang' } })] };
}

export async function receiptFor(world: World, dossier: Buffer, kind: ReceiptFacts['kind'] = 'accepted', signer = world.gateway): Promise<Buffer> {
  return issueWith(signer)(receiptXml(receiptFacts(world, dossier, kind), issuer));
}

export const issuer: Issuer = { name: 'Cổng thử nghiệm', certificateName: 'Gateway signing (Development)', certificateSerial: '01', placeName: 'Hà Nội', supportTelephone: '1900 9068' };

/** A checkpoint of a log of this world. */
export function logNote(size: number): string {
  return signedNote(size).note;
}

function signedNote(size: number): { readonly key: string; readonly root: Buffer; readonly note: string } {
  const [signer, root] = [signerOf('gateway.example/log', generateKeyPairSync('ed25519').privateKey), Buffer.alloc(32, size % 256)];
  const text = checkpointText({ origin: signer.name, size, root });
  return { key: verifierText(signer), root, note: noteText({ text, lines: [signatureLine(text, signer)] }) };
}

export async function logStatementFor(world: World): Promise<Buffer> {
  const { key, root, note } = signedNote(99);
  return issueWith(world.gateway)(logStatementXml({ origin: 'gateway.example/log', keys: [key], size: 99, root, note, at: world.now }, issuer));
}

export async function nonReceiptFor(world: World, digest: string): Promise<Buffer> {
  return issueWith(world.gateway)(nonReceiptXml({ digest, at: world.now, logSize: 42, checkpoint: { size: 99, note: logNote(99) } }, issuer));
}

export async function agencyAnswerFor({ agency }: World, digest: string, signer = agency): Promise<Buffer> {
  const fields = `<SHA256>${digest}</SHA256><SO_HSO>00001/2026/01903</SO_HSO><MA_KQUA>200</MA_KQUA><KQUA>Đã giải quyết</KQUA>`;
  return issueWith(signer)(Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<BHXH><KETQUA_XULY>${fields}</KETQUA_XULY></BHXH>\n`));
}

/** A receipt of a form 04: without a number of its own, and with the clock of its forwarding. */
export function registrationReceiptFacts(world: World, form: Buffer): ReceiptFacts {
  const { accepted, declared, ...facts } = receiptFacts(world, form);
  if (accepted === undefined || declared === undefined) throw new Error('no receipt of an accepted dossier');
  return { ...facts, sender: '00040', declared: { ...declared, procedure: '04-IVAN', procedureName: 'Đăng ký sử dụng dịch vụ I-VAN', period: '', files: [] }, accepted: { ...accepted, dossierNumber: '', nextEvent: 'CHUYEN_CO_QUAN' } };
}

export async function noticeFor(world: World, form: Buffer, facts: Partial<NoticeFacts> = {}): Promise<Buffer> {
  const { now } = world;
  const common: NoticeFacts = {
    decision: 'accepted', reason: '', digest: digestOf(form), transactionCode: 'GD-1', receivedAt: now, decidedAt: now, effectiveAt: now, relayDueAt: now, form: '04-IVAN', formName: 'Đăng ký sử dụng dịch vụ I-VAN',
    ivanCode: '00040', unitName: 'Công ty', unitCode: 'TZ0001L', taxCode: '0101300842', agency: '01903',
    certificates: [{ serial: '54a1', fingerprint: 'e'.repeat(64), from: now.toISOString(), until: new Date(now.getTime() + 1000).toISOString() }], missing: ['54a2', '54a3'],
  };
  return issueWith(world.gateway)(registrationNoticeXml({ ...common, ...facts }, issuer));
}

/** Not accepted, for a reason. */
export const notAccepted: Partial<NoticeFacts> = { decision: 'refused', reason: 'Mã đơn vị không đúng', effectiveAt: undefined, certificates: [], missing: [] };

export async function resultFor(world: World, dossier: Buffer, agencyAnswer?: Buffer): Promise<Buffer> {
  const { now } = world;
  const digest = digestOf(dossier);
  const facts = {
    digest, transactionCode: 'GD-1', dossierNumber: '00001/2026/01903', agency: '01903', unitName: 'Công ty', unitCode: 'TZ0001L', givenUnitCode: '', taxCode: '0101300842',
    receivedAt: now, dueAt: now, answeredAt: now, resultCode: '200', resultText: 'Đã giải quyết', agencySigner: 'Agency signing (Development)',
    agencyAnswer: agencyAnswer ?? (await agencyAnswerFor(world, digest)),
  };
  return issueWith(world.gateway)(resultXml(facts, issuer));
}
