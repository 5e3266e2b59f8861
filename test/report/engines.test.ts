// Guarantee: of every committed dossier, of what clients of the field write, and of the forms inside, whatever our engine finds whole the second confirms, and
// what our engine finds altered the second does not confirm: there is no ENGINES_DISAGREE. What the second lacks is said, and does not pass.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ClientError } from '../../src/client/errors.ts';
import { examine } from '../../src/client/examine.ts';
import { BeyondSecondEngine, confirmSignature } from '../../src/client/second-engine.ts';
import { packageFile } from '../../src/paths.ts';
import type { ObjectReport } from '../../src/report/model.ts';
import { signaturePlaceOf } from '../../src/standard/kind.ts';
import { restoreTrustMaterial } from '../../src/trust/material.ts';
import type { TrustMaterial } from '../../src/trust/material.ts';
import { parse } from '../../src/xml/parse.ts';
import { examplesReceivedAt, createStage } from '../support/examples.ts';
import type { Stage } from '../support/examples.ts';
import { exclusive, inclusive, more2007, signWith } from '../support/signer.ts';
import type { SignatureSpec } from '../support/signer.ts';
import { clients, dossierOf } from '../standard/field-clients.ts';
import type { VectorFile } from '../vectors/catalogue.ts';
import { identityOf } from '../support/pki.ts';
import { createDevelopmentPki } from '../../src/development/pki.ts';
import { trustOf } from '../client/support.ts';

const folder = packageFile('test', 'vectors');
const { receivedAt, vectors } = JSON.parse(readFileSync(`${folder}/vectors.json`, 'utf8')) as VectorFile;
const vectorTrust = restoreTrustMaterial(readFileSync(`${folder}/trust.pem`));
const BOTH = ['ivan-gateway', 'xmldsigjs'];

let stage: Stage;
beforeAll(async () => { stage = await createStage(); });
afterAll(() => { stage.rulebook.schemas.dispose(); });

/** Undefined for what is none of the standard's documents. */
async function reportOf(name: string, bytes: Buffer, trust: TrustMaterial, now: Date): Promise<ObjectReport | undefined> {
  try {
    return (await examine(name, bytes, { trust, now, logKeys: { logs: [], witnesses: [] } })).report;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'FORM_UNKNOWN') return undefined;
    throw error;
  }
}

/** What the second engine says of the signature at its place, with the certificate that came with it. */
async function second(bytes: Buffer): Promise<'confirmed' | 'denied' | 'beyond'> {
  const place = signaturePlaceOf(parse(bytes));
  const [, certificate = ''] = /X509Certificate>([^<]+)</.exec(bytes.toString('utf8')) ?? [];
  return confirmSignature(bytes, Buffer.from(certificate, 'base64'), 'x', place).then(() => 'confirmed', (error: unknown) => (error instanceof BeyondSecondEngine ? 'beyond' : 'denied'));
}

/** Names what the engines do not agree on. */
async function disagreements(name: string, bytes: Buffer, report: ObjectReport): Promise<string[]> {
  const found: string[] = [];
  for (const { role, integrity, engines, subIndication = '', reasons } of report.signatures) {
    if (reasons.some(({ code }) => code === 'ENGINES_DISAGREE')) found.push(`${name}: ${role.en}: ENGINES_DISAGREE`);
    if (integrity === 'whole' && engines.join() !== BOTH.join()) found.push(`${name}: ${role.en}: only ${engines.join()}`);
    if (role.en.includes('unit') && ['HASH_FAILURE', 'SIG_CRYPTO_FAILURE'].includes(subIndication) && (await second(bytes)) !== 'denied') found.push(`${name}: ${role.en}: ${subIndication} is confirmed`);
  }
  return found;
}

function formsIn(bytes: Buffer): Buffer[] {
  return [...bytes.toString('utf8').matchAll(/<NoiDungFile>([^<]+)</g)].map(([, base64 = '']) => Buffer.from(base64, 'base64')).filter((form) => form.includes('Signature'));
}

describe('both engines', () => {
  it('agree on every committed dossier and on the forms inside', async () => {
    const found: string[] = [];
    const counts = { whole: 0, altered: 0 };
    for (const { name } of vectors) {
      const bytes = readFileSync(`${folder}/files/${name}.xml`);
      for (const [place, one] of [bytes, ...formsIn(bytes)].entries()) {
        const report = await reportOf(name, one, vectorTrust, new Date(receivedAt));
        if (report === undefined) continue;
        found.push(...(await disagreements(`${name} ${place}`, one, report)));
        counts.whole += report.signatures.filter(({ integrity }) => integrity === 'whole').length;
        counts.altered += report.signatures.filter(({ subIndication = '' }) => ['HASH_FAILURE', 'SIG_CRYPTO_FAILURE'].includes(subIndication)).length;
      }
    }
    expect(found).toEqual([]);
    expect([counts.whole > 200, counts.altered > 15]).toEqual([true, true]);
  }, 120_000);

  it('agree on what clients of the field write, and on one altered letter of it', async () => {
    for (const [name, client] of Object.entries(clients)) {
      const bytes = await dossierOf(stage, client);
      for (const one of [bytes, ...formsIn(bytes)]) {
        const report = await reportOf(name, one, stage.rulebook.trust, examplesReceivedAt);
        expect([name, report?.indication, report?.signatures.map(({ engines }) => engines)]).toEqual([name, 'TOTAL-PASSED', [BOTH]]);
        const altered = Buffer.from(one.toString('utf8').replace(/<(?:TenDoiTuong|HoTen|TenDonVi)>/, '$&x'));
        const wrong = await reportOf(name, altered, stage.rulebook.trust, examplesReceivedAt);
        expect([name, wrong?.subIndication, await disagreements(name, altered, wrong ?? fail())]).toEqual([name, 'HASH_FAILURE', []]);
      }
    }
  });
});

function fail(): never {
  throw new Error('no report');
}

describe('what the second engine lacks', () => {
  it('is said of SHA-3 and of inclusive forms under an inherited attribute, and does not pass', async () => {
    const now = new Date();
    const pki = await createDevelopmentPki({ now });
    const { key, certificates: [certificate = Buffer.alloc(0)] } = identityOf(pki.employer);
    const canonical11 = 'http://www.w3.org/2006/12/xml-c14n11';
    const cases: readonly (readonly [string, string, Partial<SignatureSpec>])[] = [
      ['sha3', '<D02-TS><NoiDung>1</NoiDung><Cky/></D02-TS>', { method: `${more2007}sha3-256-rsa-MGF1` }],
      ['1.1', '<D02-TS xml:lang="vi"><NoiDung>1</NoiDung><Cky/></D02-TS>', { canonicalization: canonical11, form: { version11: true } }],
      ['1.0', '<D02-TS xml:lang="vi"><NoiDung>1</NoiDung><Cky/></D02-TS>', { canonicalization: inclusive }],
      ['exclusive', '<D02-TS xml:lang="vi"><NoiDung>1</NoiDung><Cky/></D02-TS>', { canonicalization: exclusive, form: { exclusive: true } }],
      ['elsewhere', '<D02-TS><NoiDung xml:lang="vi">1</NoiDung><Cky/></D02-TS>', { canonicalization: canonical11, form: { version11: true } }],
    ];
    const found = [];
    for (const [name, xml, spec] of cases) {
      const report = await reportOf(name, Buffer.from(signWith(xml, { identity: { key, certificate }, slot: 'Cky', ...spec })), trustOf(pki), now);
      const [signature] = report?.signatures ?? [];
      found.push([name, report?.indication, signature?.subIndication, signature?.engines.length, signature?.reasons.map(({ code }) => code)]);
    }
    expect(found).toEqual([
      ['sha3', 'INDETERMINATE', 'GENERIC', 1, ['SECOND_ENGINE_CANNOT']],
      ['1.1', 'INDETERMINATE', 'GENERIC', 1, ['SECOND_ENGINE_CANNOT']],
      ['1.0', 'INDETERMINATE', 'GENERIC', 1, ['SECOND_ENGINE_CANNOT']],
      ['exclusive', 'TOTAL-PASSED', undefined, 2, []],
      ['elsewhere', 'TOTAL-PASSED', undefined, 2, []],
    ]);
  });

  it('another key than the signer’s is never confirmed', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(publicKey.asymmetricKeyType).toBe('rsa');
    const pki = await createDevelopmentPki({ now: new Date() });
    const { certificates: [certificate = Buffer.alloc(0)] } = identityOf(pki.employer);
    expect(await second(Buffer.from(signWith('<D02-TS><NoiDung>1</NoiDung><Cky/></D02-TS>', { identity: { key: privateKey, certificate }, slot: 'Cky' })))).toBe('denied');
  });
});
