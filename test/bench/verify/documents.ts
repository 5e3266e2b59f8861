// The documents of the bench, made and signed on the spot with a fresh PKI, as the clients of the field write and sign them (wire-format §1-3):
// envelopes whose weight is base64 on one line, and labour lists whose weight is markup. Beside each lie two altered copies that nobody may
// accept, and the same with the Signature as the root's last child, for a peer that can verify nothing else.
import { createPrivateKey, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createAuthority, issueCertificate } from '../../../src/development/certificates.ts';
import type { Credential } from '../../../src/development/certificates.ts';
import { daysAfter } from '../../../src/development/pki.ts';
import { readIdentity } from '../../../src/signature/identity.ts';
import { signEnveloped } from '../../../src/signature/sign.ts';
import { d02Xml, envelopeXml } from '../../support/dossiers.ts';
import { floorSuffix } from './floor.ts';
import { labourList } from './labour-list.ts';

/** Where the Signature stands: where the field puts it, or as the root's last child. */
export type Variant = 'field' | 'child-of-root';

export interface Copies {
  readonly good: string;
  /** A changed letter of the content; a changed letter of the signature's value. */
  readonly altered: readonly string[];
}

export interface BenchDocument {
  readonly id: DocumentId;
  readonly title: string;
  readonly octets: number;
  readonly variants: Readonly<Record<Variant, Copies>>;
}

export interface Documents {
  /** Path of the signer's certificate, PEM. */
  readonly certificate: string;
  readonly all: readonly BenchDocument[];
}

const KB = 1024;

const kinds = {
  '10k': { title: '10 KB', octets: 10 * KB, make: envelope },
  '100k': { title: '100 KB', octets: 100 * KB, make: envelope },
  '1m': { title: '1 MB', octets: 1024 * KB, make: envelope },
  '10m': { title: '10 MB', octets: 10 * 1024 * KB, make: envelope },
  'markup-100k': { title: '100 KB markup', octets: 100 * KB, make: declaration },
  'markup-1m': { title: '1 MB markup', octets: 1024 * KB, make: declaration },
} as const satisfies Record<string, { readonly title: string; readonly octets: number; readonly make: (octets: number) => Unsigned }>;

export function titleOf(id: DocumentId): string {
  return kinds[id].title;
}

export type DocumentId = keyof typeof kinds;
export const documentIds: readonly DocumentId[] = Object.keys(kinds) as DocumentId[];

interface Unsigned {
  readonly xml: string;
  /** Names from the root to the element that holds the Signature. */
  readonly path: readonly string[];
  /** The letter to change stands at this distance from the last such text. */
  readonly weak: { readonly text: string; readonly distance: number };
}

/** What the Signature adds, roughly: documents need not be of a size to the octet. */
const SIGNATURE_OCTETS = 3500;

export async function makeDocuments(folder: string, now: Date, wanted: readonly DocumentId[] = documentIds): Promise<Documents> {
  const signer = createSigner(now);
  const certificate = join(folder, 'signer.pem');
  mkdirSync(folder, { recursive: true });
  writeFileSync(certificate, signer.certificatePem);
  const all: BenchDocument[] = [];
  for (const id of wanted) {
    const { title, octets, make } = kinds[id];
    const unsigned = make(octets - SIGNATURE_OCTETS);
    const field = await writeCopies(join(folder, id), unsigned, unsigned.path, signer);
    const childOfRoot = await writeCopies(join(folder, `${id}-child-of-root`), unsigned, unsigned.path.slice(0, 1), signer);
    all.push({ id, title, octets: field.octets, variants: { field: field.copies, 'child-of-root': childOfRoot.copies } });
  }
  return { certificate, all };
}

function createSigner(now: Date): Credential {
  const period = { notBefore: daysAfter(now, -30), notAfter: daysAfter(now, 300) };
  const issuer = createAuthority({ subject: { C: 'VN', O: 'Bench', CN: 'Bench CA' }, ...period });
  const subject = { C: 'VN', L: 'Hà Nội', CN: 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)' };
  return issueCertificate({ subject, uids: ['MST:0101300842'], issuer, keyUsage: ['digitalSignature', 'nonRepudiation'], ...period });
}

async function writeCopies(stem: string, { xml, weak }: Unsigned, path: readonly string[], signer: Credential): Promise<{ readonly octets: number; readonly copies: Copies }> {
  const identity = readIdentity(signer.certificatePem, signer.privateKeyPem);
  const good = await signEnveloped(Buffer.from(xml), identity, { path, signingTime: new Date(0), keyValue: true });
  const floor = sign('sha256', good, createPrivateKey(signer.privateKeyPem));
  const write = (name: string, bytes: Buffer): string => {
    writeFileSync(`${stem}${name}.xml`, bytes);
    writeFileSync(`${stem}${name}.xml${floorSuffix}`, floor);
    return `${stem}${name}.xml`;
  };
  const altered = [alter(good, weak.text, weak.distance), alter(good, '<SignatureValue>', '<SignatureValue>'.length + 100)];
  return { octets: good.length, copies: { good: write('', good), altered: altered.map((bytes, index) => write(`-altered-${index}`, bytes)) } };
}

/** Changes one letter, to one that base64 and numbers both allow. */
function alter(bytes: Buffer, text: string, distance: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = changed.lastIndexOf(text) + distance;
  changed[at] = changed[at] === 0x31 ? 0x32 : 0x31;
  return changed;
}

/** The attachment brings the envelope to its size. */
function envelope(octets: number): Unsigned {
  const form = Buffer.from(d02Xml());
  const empty = Buffer.byteLength(envelopeXml(form, { attachment: Buffer.alloc(0) }));
  const attachment = Buffer.alloc(Math.max(3, Math.floor((octets - empty) / 4) * 3), '%PDF-1.4 chứng từ đính kèm thử nghiệm ');
  return { xml: envelopeXml(form, { attachment }), path: ['Hoso', 'CKy_Dvi'], weak: { text: '</NoiDungFile>', distance: -50 } };
}

function declaration(octets: number): Unsigned {
  return { xml: labourList(octets), path: ['D02-TS', 'Cky'], weak: { text: '<TienLuong>', distance: '<TienLuong>'.length } };
}
