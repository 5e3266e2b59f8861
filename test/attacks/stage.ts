// Where every attack is played: an honest dossier of the run's own PKI, the ways in which it is judged, and outside engines to compare with.
// `judged` is the whole intake; `verified` is parser, signature and certificate alone. Both say 'accepted'/'verified' or the codes.
import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generateEllipticKey, issueCertificate } from '../../src/development/certificates.ts';
import type { Credential } from '../../src/development/certificates.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { Refusal, Unavailable } from '../../src/errors/outcomes.ts';
import { judge } from '../../src/intake/judge.ts';
import type { Verdict } from '../../src/intake/judge.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import type { SignaturePlace, SignedContent } from '../../src/signature/verify.ts';
import { envelopePlace } from '../../src/standard/envelope.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { parse } from '../../src/xml/parse.ts';
import { envelopeXml } from '../support/dossiers.ts';
import type { Edit, Variation } from '../support/dossiers.ts';
import { loadPki, materialOf } from '../support/pki.ts';
import { signWith } from '../support/signer.ts';
import type { SignatureSpec, TestIdentity } from '../support/signer.ts';
import { labourList } from '../vectors/kit.ts';

export { hasTool, itWith } from '../support/tools.ts';
export { both, swap } from '../vectors/kit.ts';
export { enveloped, keyInfoMarkup, signWith } from '../support/signer.ts';

/** What differs from the honest dossier: before signing, in the signature, afterwards. */
export interface Change {
  readonly form?: Edit;
  readonly formSpec?: Partial<SignatureSpec> | 'unsigned';
  readonly signedForm?: Edit;
  readonly variation?: Variation;
  readonly envelope?: Edit;
  readonly spec?: Partial<SignatureSpec> | 'unsigned';
  readonly signed?: Edit;
}

export interface Stage {
  readonly pki: DevelopmentPki;
  readonly employer: TestIdentity;
  readonly trust: TrustMaterial;
  readonly now: Date;
  form(change?: Change): string;
  dossier(change?: Change): string;
  verdict(xml: string | Buffer, trust?: TrustMaterial): Verdict;
  /** 'accepted', 'accepted, WARNING …', 'not now: REASON', or the codes of the refusal. */
  judged(xml: string | Buffer, trust?: TrustMaterial): string;
  /** 'verified', 'not now: REASON', or the codes of the refusal. */
  verified(xml: string | Buffer, trust?: TrustMaterial): string;
  close(): void;
}

/** Of the group of the curve P-256: what r and s are numbers below. */
export const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** An employer who signs with an elliptic key. */
export function ellipticIdentity({ pki, now }: Stage): TestIdentity {
  const day = 86_400_000;
  return identityOf(issueCertificate({
    subject: { C: 'VN', CN: 'Khóa ECDSA' }, uids: ['MST:0101300842'], keyUsage: ['digitalSignature'], key: generateEllipticKey(), issuer: pki.subordinate,
    notBefore: new Date(now.getTime() - day), notAfter: new Date(now.getTime() + day),
  }));
}

/** What no accepted dossier may ever carry. */
export const attackersName = 'CÔNG TY CỦA KẺ GIAN';
export const honestName = 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)';

/** The attacker's content in place of the employer's. */
export const evil = (xml: string): string => xml.replaceAll(honestName, attackersName).replaceAll('TS12345', 'XX99999');
/** Without byte order mark and declaration, to stand inside another document. */
export const bare = (xml: string): string => xml.replace(/^\ufeff?<\?xml[^>]*\?>/, '');
export const partOf = (xml: string, name: string): string => new RegExp(`<${name}[ >].*</${name}>`, 's').exec(xml)?.[0] ?? '';
const same: Edit = (xml) => xml;

export function identityOf({ certificatePem, privateKeyPem }: Credential): TestIdentity {
  return { key: createPrivateKey(privateKeyPem), certificate: new X509Certificate(certificatePem).raw };
}

/** The one place that calls the signature room. */
export function verifiedContent(xml: string | Buffer, place: SignaturePlace = envelopePlace): SignedContent {
  return verifySignature(parse(Buffer.from(xml)), place);
}

/** `call`'s result, or what it was refused with. */
export function outcomeOf(call: () => string): string {
  try {
    return call();
  } catch (error) {
    if (error instanceof Refusal) return error.findings.map(({ code }) => code).join(' ');
    if (error instanceof Unavailable) return `not now: ${error.reason}`;
    throw error;
  }
}

export async function openStage(): Promise<Stage> {
  const pki = await loadPki();
  const employer = identityOf(pki.employer);
  const material = materialOf(pki);
  const now = new Date();
  const schemas = createSchemas();
  const standard = loadStandard();
  const contract = { state: 'active', from: new Date(0), until: new Date('2100-01-01') } as const;
  const form = ({ form: edit = same, formSpec = {}, signedForm = same }: Change = {}): string => {
    const written = `\ufeff${edit(labourList)}`;
    return signedForm(formSpec === 'unsigned' ? written : signWith(written, { identity: employer, slot: 'Cky', ...formSpec }));
  };
  const verdict = (xml: string | Buffer, trust = material): Verdict =>
    judge({ bytes: Buffer.from(xml), sender: { kind: 'ivan', code: '00040', contract }, receivedAt: now }, { standard, schemas, trust });
  return {
    pki, employer, trust: material, now, form, verdict,
    dossier: (change = {}) => {
      const { variation = {}, envelope = same, spec = {}, signed = same } = change;
      const written = envelope(envelopeXml(Buffer.from(form(change)), variation));
      return signed(spec === 'unsigned' ? written : signWith(written, { identity: employer, ...spec }));
    },
    judged: (xml, trust) => outcomeOf(() => {
      const { outcome, findings } = verdict(xml, trust);
      const codes = findings.map(({ code }) => code);
      return [...(outcome === 'accepted' ? [codes.length === 0 ? 'accepted' : 'accepted,'] : []), ...codes].join(' ');
    }),
    verified: (xml, trust = material) => outcomeOf(() => {
      trustSigner(parseCertificate(verifiedContent(xml).certificate), trust, now, 'signature');
      return 'verified';
    }),
    close: () => { schemas.dispose(); },
  };
}

export interface Xmlsec1Options {
  /** Name of an element whose attribute Id is an identifier. */
  readonly idOf?: readonly string[];
  /** XPath of the signature to verify; the first one unless said. */
  readonly node?: string;
  /** Takes the key from whatever stands in KeyInfo, as an engine does that is not told otherwise. */
  readonly anyKey?: boolean;
}

/** Does xmlsec1 hold the document for verified, with the root as its anchor and the subordinate at hand? */
export function xmlsec1({ root, subordinate }: Pick<DevelopmentPki, 'root' | 'subordinate'>, xml: string, { idOf = [], node, anyKey = false }: Xmlsec1Options = {}): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'attack-'));
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  try {
    const trust = ['--trusted-pem', write('root.pem', root.certificatePem), '--untrusted-pem', write('sub.pem', subordinate.certificatePem)];
    const ids = idOf.flatMap((name) => ['--id-attr:Id', name]);
    const keyData = anyKey ? [] : ['--enabled-key-data', 'x509'];
    const at = node === undefined ? [] : ['--node-xpath', node];
    return spawnSync('xmlsec1', ['--verify', ...keyData, ...trust, ...ids, ...at, write('document.xml', xml)], { cwd: folder }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
