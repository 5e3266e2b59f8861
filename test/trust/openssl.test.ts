// Guarantee: what OpenSSL makes is understood and what it accepts is accepted, except where a rule listed here is stricter. Lists come from
// `openssl ca -gencrl`, answers from `openssl ocsp`, paths are judged by `openssl verify` beside us.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCertificate, type Certificate } from '../../src/trust/certificate.ts';
import { parseRevocationList } from '../../src/trust/crl.ts';
import { ocspRequest, parseOcspResponse } from '../../src/trust/ocsp.ts';
import { answerMismatch } from '../../src/trust/ocsp-answers.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { RevocationUnknown } from '../../src/trust/revocation.ts';
import { itWith } from '../support/tools.ts';
import { makeResponder } from './ocsp-support.ts';
import { alternatives, at, days, der, general, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, nameOf, oids, purposes, refusedWith, thrownBy, usage, x509, type Holder, type Shape } from './support.ts';

let folder: string;
let root: Holder;
let subordinate: Holder;
let leaf: Certificate;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trust-openssl-'));
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  leaf = await makeLeaf(subordinate, { serialNumber: '5401ff' });
});
afterAll(() => { rmSync(folder, { recursive: true }); });

const file = (name: string): string => join(folder, name);
const openssl = (...args: readonly string[]): void => { execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' }); };

function pem(label: string, bytes: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}
function writeCertificates(name: string, ...certificates: readonly Certificate[]): string {
  writeFileSync(file(name), certificates.map(({ der: bytes }) => pem('CERTIFICATE', bytes)).join(''));
  return file(name);
}
async function writeKey(name: string, { keys }: Pick<Holder, 'keys'>): Promise<string> {
  writeFileSync(file(name), pem('PRIVATE KEY', new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))));
  return file(name);
}
/** The data base of `openssl ca`: one line for each certificate, tab-separated. */
function writeIndex(name: string, ...lines: readonly (readonly [state: 'V' | 'R', serial: string, revoked?: string])[]): string {
  writeFileSync(file(name), lines.map(([state, serial, revoked = '']) => `${state}\t270101000000Z\t${revoked}\t${serial.toUpperCase()}\tunknown\t/CN=x\n`).join(''));
  return file(name);
}

describe('lists of openssl ca', () => {
  async function makeListBy(holder: Holder, index: string): Promise<Buffer> {
    writeFileSync(file('crlnumber'), '1F\n');
    const config = ['[ca]', 'default_ca=x', '[x]', `database=${index}`, `crlnumber=${file('crlnumber')}`, 'default_md=sha256', 'crl_extensions=e', '[e]', 'authorityKeyIdentifier=keyid'];
    writeFileSync(file('ca.cnf'), config.join('\n'));
    const [certificate, key] = [writeCertificates('ca.pem', holder.certificate), await writeKey('ca.key', holder)];
    openssl('ca', '-gencrl', '-config', 'ca.cnf', '-cert', certificate, '-keyfile', key, '-crl_lastupdate', '20260614030000Z', '-crl_nextupdate', '20260616030000Z', '-out', 'list.pem');
    openssl('crl', '-in', 'list.pem', '-outform', 'DER', '-out', 'list.der');
    return readFileSync(file('list.der'));
  }

  itWith('openssl', 'clear and revoke, with number, instant and reason', async () => {
    const rootList = await makeList(root);
    const clearing = await makeListBy(subordinate, writeIndex('index', ['V', leaf.serialNumber], ['R', '77', '260601000000Z,superseded']));
    const signer = trustSigner(leaf, await materialOf([root, subordinate], [rootList, clearing]), at, 'signature');
    expect(signer.revocation[0]).toMatchObject({ kind: 'crl', number: '1f', thisUpdate: days(-1), nextUpdate: days(1) });
    expect(parseRevocationList(clearing).entries.get('77')).toEqual({ date: new Date('2026-06-01T00:00:00Z'), reason: 4 });
    const revoking = await makeListBy(subordinate, writeIndex('index', ['R', leaf.serialNumber, '260601000000Z,keyCompromise']));
    const material = await materialOf([root, subordinate], [rootList, revoking]);
    expect(thrownBy(() => trustSigner(leaf, material, at, 'signature'))).toMatchObject({ findings: [{ code: 'REVOKED', params: { reason: 'keyCompromise', revokedAt: '2026-06-01T00:00:00.000Z' } }] });
  });

  itWith('openssl', 'of the same name and another key do not', async () => {
    const impostor = await makeRoot('VNPT-CA');
    const list = await makeListBy(impostor, writeIndex('index', ['V', leaf.serialNumber]));
    const material = await materialOf([root, subordinate], [await makeList(root), list]);
    expect(thrownBy(() => trustSigner(leaf, material, at, 'signature'))).toBeInstanceOf(RevocationUnknown);
  });
});

describe('answers of openssl ocsp', () => {
  const nonce = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  interface Asked {
    readonly responder?: Holder;
    readonly index?: string;
    readonly options?: readonly string[];
  }

  /** OpenSSL answers our own request, at the clock of the machine. */
  async function ask({ responder = subordinate, index = writeIndex('ocsp', ['V', leaf.serialNumber]), options = [] }: Asked): Promise<Buffer> {
    writeFileSync(file('request.der'), ocspRequest(leaf, subordinate.certificate, nonce));
    const [authority, signer, key] = [writeCertificates('issuer.pem', subordinate.certificate), writeCertificates('responder.pem', responder.certificate), await writeKey('responder.key', responder)];
    openssl('ocsp', '-index', index, '-CA', authority, '-rsigner', signer, '-rkey', key, '-reqin', 'request.der', '-respout', 'response.der', '-ndays', '3', '-ignore_err', ...options);
    return readFileSync(file('response.der'));
  }

  /** Judged half a day after it was made, by certificates valid then. */
  async function judge(bytes: Buffer, hoursLater = 12) {
    const response = parseOcspResponse(bytes);
    const instant = new Date(response.producedAt.getTime() + hoursLater * 3_600_000);
    const material = await materialOf([root, subordinate], [await makeList(root, { thisUpdate: days(-1), nextUpdate: new Date('2030-01-01T00:00:00Z') })]);
    return () => trustSigner(leaf, material, instant, 'signature', { responses: [response], lists: [], candidates: [] });
  }

  beforeAll(async () => {
    const long = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2049-01-01T00:00:00Z') };
    root = await makeRoot('Vietnam National Root CA', long);
    subordinate = await makeSubordinate(root, 'VNPT-CA', long);
    leaf = await makeLeaf(subordinate, { ...long, serialNumber: '5401ff' });
  });
  const responderFor = (shape: Shape = {}): Promise<Holder> => makeResponder(subordinate, { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2049-01-01T00:00:00Z'), ...shape });

  itWith('openssl', 'are to our request, with its nonce', async () => {
    const response = parseOcspResponse(await ask({}));
    expect(answerMismatch(response, leaf, subordinate.certificate, nonce)).toBeUndefined();
    expect(answerMismatch(response, leaf, subordinate.certificate, Buffer.alloc(16))).toBe('the answer bears another nonce');
  });

  itWith('openssl', 'clear, by the issuer and by a responder it certified, named or by key', async () => {
    expect((await judge(await ask({})))().revocation[0]?.kind).toBe('ocsp');
    const responder = await responderFor();
    for (const options of [[], ['-resp_key_id']]) {
      const signer = (await judge(await ask({ responder, options })))();
      expect(signer.revocation[0]).toMatchObject({ kind: 'ocsp', signer: responder.certificate.fingerprint });
    }
  });

  itWith('openssl', 'revoke, with instant and reason', async () => {
    const judgement = await judge(await ask({ index: writeIndex('ocsp', ['R', leaf.serialNumber, '240601000000Z,affiliationChanged']) }));
    expect(thrownBy(judgement)).toMatchObject({ findings: [{ code: 'REVOKED', params: { reason: 'affiliationChanged', revokedAt: '2024-06-01T00:00:00.000Z' } }] });
  });

  itWith('openssl', 'that say unknown, are old, or are signed by the wrong key, clear nobody', async () => {
    const judgements = [
      await judge(await ask({ index: writeIndex('ocsp', ['V', '77']) })),
      await judge(await ask({}), 3 * 24 + 1),
      await judge(await ask({ responder: await makeRoot('VNPT-CA', { notAfter: new Date('2049-01-01T00:00:00Z') }) })),
      await judge(await ask({ responder: await responderFor({ extensions: [purposes(oids.mail)] }) })),
      await judge(await ask({ options: ['-badsig'] })),
    ];
    for (const judgement of judgements) expect(thrownBy(judgement)).toBeInstanceOf(RevocationUnknown);
  });

  itWith('openssl', 'without certificates leave the responder to be found elsewhere', async () => {
    const responder = await responderFor();
    expect(thrownBy(await judge(await ask({ responder, options: ['-resp_no_certs'] })))).toBeInstanceOf(RevocationUnknown);
  });
});

interface Shaped {
  readonly what: string;
  /** From the anchor to the authority above the leaf. */
  readonly authorities: readonly Shape[];
  readonly leaf?: Shape;
  /** What refuses it here although OpenSSL accepts it. */
  readonly stricter?: RegExp;
}

const bounds = (tag: number, ...bases: readonly Buffer[]): x509.Extension => new x509.Extension('2.5.29.30', true, der(0x30, der(tag, ...bases.map((base) => der(0x30, base)))));
const critical = (oid: string): x509.Extension => new x509.Extension(oid, true, Buffer.from('0500', 'hex'));
const [permitted, excluded] = [(...bases: Buffer[]) => bounds(0xa0, ...bases), (...bases: Buffer[]) => bounds(0xa1, ...bases)];
const mails = (...addresses: readonly string[]): Shape => ({ extensions: [alternatives(...addresses.map(general.mail))] });
const hosts = (...names: readonly string[]): Shape => ({ extensions: [alternatives(...names.map(general.dns))] });

const shapes: readonly Shaped[] = [
  { what: 'plain', authorities: [{}, {}] },
  { what: 'direct', authorities: [{}] },
  { what: 'five long', authorities: [{}, {}, {}, {}] },
  { what: 'leaf expired', authorities: [{}, {}], leaf: { notAfter: days(-1) } },
  { what: 'leaf not yet valid', authorities: [{}, {}], leaf: { notBefore: days(1) } },
  { what: 'authority expired', authorities: [{}, { notAfter: days(-1) }] },
  { what: 'authority not yet valid', authorities: [{}, { notBefore: days(1) }] },
  { what: 'anchor expired', authorities: [{ notAfter: days(-1) }, {}] },
  { what: 'path length kept', authorities: [{}, { pathLength: 1 }, {}] },
  { what: 'path length exceeded', authorities: [{}, { pathLength: 0 }, {}] },
  { what: 'path length of the anchor exceeded', authorities: [{ pathLength: 0 }, {}] },
  { what: 'authority without keyCertSign', authorities: [{}, { usages: [usage.cRLSign] }] },
  { what: 'authority without keyUsage', authorities: [{}, { usages: 'absent' }] },
  { what: 'unknown critical extension in the leaf', authorities: [{}, {}], leaf: { extensions: [critical('1.2.3.4')] } },
  { what: 'unknown critical extension in an authority', authorities: [{}, { extensions: [critical('1.2.3.4')] }] },
  { what: 'mailbox permitted', authorities: [{}, { extensions: [permitted(general.mail('abc.vn'))] }], leaf: mails('a@abc.vn') },
  { what: 'mailbox not permitted', authorities: [{}, { extensions: [permitted(general.mail('abc.vn'))] }], leaf: mails('a@abc.vn', 'a@xyz.vn') },
  { what: 'mailbox excluded', authorities: [{}, { extensions: [excluded(general.mail('.abc.vn'))] }], leaf: mails('a@m.abc.vn') },
  { what: 'mailbox beside what is excluded', authorities: [{}, { extensions: [excluded(general.mail('.abc.vn'))] }], leaf: mails('a@abc.vn') },
  { what: 'host permitted below', authorities: [{}, { extensions: [permitted(general.dns('abc.vn'))] }], leaf: hosts('www.abc.vn') },
  { what: 'host that ends alike', authorities: [{}, { extensions: [permitted(general.dns('abc.vn'))] }], leaf: hosts('xabc.vn') },
  { what: 'host excluded above two authorities', authorities: [{}, { extensions: [excluded(general.dns('abc.vn'))] }, {}], leaf: hosts('abc.vn') },
  { what: 'address permitted', authorities: [{}, { extensions: [permitted(general.ip(10, 0, 0, 0, 255, 0, 0, 0))] }], leaf: { extensions: [alternatives(general.ip(10, 9, 8, 7))] } },
  { what: 'address not permitted', authorities: [{}, { extensions: [permitted(general.ip(10, 0, 0, 0, 255, 0, 0, 0))] }], leaf: { extensions: [alternatives(general.ip(11, 9, 8, 7))] } },
  { what: 'URI permitted', authorities: [{}, { extensions: [permitted(general.uri('.abc.vn'))] }], leaf: { extensions: [alternatives(general.uri('https://www.abc.vn/x'))] } },
  { what: 'URI not permitted', authorities: [{}, { extensions: [permitted(general.uri('.abc.vn'))] }], leaf: { extensions: [alternatives(general.uri('https://abc.vn/x'))] } },
  { what: 'subject permitted', authorities: [{}, { extensions: [permitted(general.directory([{ C: ['VN'] }]))] }], leaf: { subject: [{ C: ['VN'] }, { CN: ['x'] }] } },
  { what: 'subject not permitted', authorities: [{}, { extensions: [permitted(general.directory([{ C: ['VN'] }]))] }], leaf: { subject: [{ C: ['LA'] }, { CN: ['x'] }] } },
  { what: 'subject excluded in other letters', authorities: [{}, { extensions: [excluded(general.directory([{ O: ['Abc'] }]))] }], leaf: { subject: [{ O: ['aBC'] }, { CN: ['x'] }] } },
  { what: 'another kind of name constrained and present', authorities: [{}, { extensions: [permitted(general.other())] }], leaf: { extensions: [alternatives(general.other())] } },
  { what: 'another kind of name constrained and absent', authorities: [{}, { extensions: [permitted(general.other())] }] },
  { what: 'purposes of a server', authorities: [{}, {}], leaf: { extensions: [purposes(oids.server)] }, stricter: /extKeyUsage/ },
  { what: 'an authority for a leaf', authorities: [{}, {}], leaf: { ca: true }, stricter: /basicConstraints cA = TRUE|keyUsage/ },
  { what: 'keyUsage without signing', authorities: [{}, {}], leaf: { usages: [usage.keyEncipherment] }, stricter: /keyUsage/ },
  { what: 'policy required', authorities: [{}, { extensions: [new x509.Extension('2.5.29.36', true, Buffer.from('3003800100', 'hex'))] }], stricter: /requireExplicitPolicy/ },
  { what: 'seven long', authorities: [{}, {}, {}, {}, {}, {}], stricter: /NO_CERTIFICATE_CHAIN_FOUND/ },
];

describe('openssl verify decides alike', () => {
  async function build({ authorities, leaf: shape = {} }: Shaped) {
    const chain: Holder[] = [];
    for (const [index, authority] of authorities.entries()) {
      const issuer = chain.at(-1);
      chain.push(issuer === undefined ? await makeRoot('Root', authority) : await makeSubordinate(issuer, `CA ${index}`, authority));
    }
    const last = chain.at(-1);
    if (last === undefined) throw new Error('a path without authorities');
    return { chain, certificate: (await issue(last, shape)).certificate };
  }

  function opensslAccepts(certificate: Certificate, [anchor, ...others]: readonly Certificate[], ...strict: readonly string[]): boolean {
    const anchors = writeCertificates('anchors.pem', ...(anchor === undefined ? [] : [anchor]));
    const untrusted = others.length === 0 ? [] : ['-untrusted', writeCertificates('untrusted.pem', ...others)];
    const time = String(at.getTime() / 1000);
    return spawnSync('openssl', ['verify', '-attime', time, '-no-CApath', '-no-CAstore', '-CAfile', anchors, ...untrusted, ...strict, writeCertificates('leaf.pem', certificate)]).status === 0;
  }

  itWith('openssl', 'on every shape, except where a rule is stricter', async () => {
    const verdicts: unknown[] = [];
    for (const shaped of shapes) {
      const { chain, certificate } = await build(shaped);
      const material = await materialOf(chain);
      const theirs = opensslAccepts(certificate, chain.map((holder) => holder.certificate));
      const error = thrownBy(() => trustSigner(certificate, material, at, 'signature'));
      const ours = error === undefined;
      // A stricter rule must be the reason, and OpenSSL must not share it: otherwise it does not belong into the list.
      const listed = shaped.stricter === undefined || (theirs && !ours && shaped.stricter.test(refusedWith(() => { throw error as Error; }).join()));
      verdicts.push({ what: shaped.what, agrees: shaped.stricter === undefined ? ours === theirs : listed });
    }
    expect(verdicts).toEqual(shapes.map(({ what }) => ({ what, agrees: true })));
  });

  itWith('openssl', 'on certificates altered at any byte: none of them is accepted by either', async () => {
    const { chain, certificate } = await build({ what: 'plain', authorities: [{}, {}] });
    const material = await materialOf(chain);
    for (let position = 0; position < certificate.der.length; position += 29) {
      const changed = Buffer.from(certificate.der);
      changed[position] = (changed[position] ?? 0) ^ 0x04;
      writeFileSync(file('changed.der'), changed);
      const result = spawnSync('openssl', ['verify', '-attime', String(at.getTime() / 1000), '-CAfile', writeCertificates('all.pem', ...chain.map((holder) => holder.certificate)), file('changed.der')]);
      expect(result.status).not.toBe(0);
      expect(refusedWith(() => trustSigner(parseCertificate(changed), material, at, 'signature'))).not.toEqual([]);
    }
  });

  it('the shapes are of both kinds', () => {
    expect(new Set(shapes.map(({ what }) => what)).size).toBe(shapes.length);
    expect(shapes.filter(({ stricter }) => stricter !== undefined)).toHaveLength(5);
  });

  itWith('openssl', 'on a cross-signed authority and two keys of one name', async () => {
    const [first, second] = [await makeRoot('First'), await makeRoot('Second')];
    const authority = await makeSubordinate(first, 'CA');
    const crossed = await issue(second, { ca: true, subject: nameOf('CA'), keys: authority.keys });
    const renewed = await makeSubordinate(second, 'CA', { keys: await makeKeys() });
    for (const issuer of [authority, renewed]) {
      const certificate = await makeLeaf(issuer);
      for (const anchor of [first, second]) {
        const material = await materialOf([anchor, authority, crossed, renewed], await Promise.all([anchor, authority, renewed].map((holder) => makeList(holder))));
        const theirs = opensslAccepts(certificate, [anchor, authority, crossed, renewed].map((holder) => holder.certificate));
        const call = () => trustSigner(certificate, material, at, 'signature');
        const ours = thrownBy(call) === undefined;
        // OpenSSL follows one candidate and does not turn back; given our path alone it must agree with it.
        if (theirs) expect(ours).toBe(true);
        if (ours) expect(opensslAccepts(certificate, call().path.slice(1).toReversed())).toBe(true);
        expect(ours).toBe(issuer === authority || anchor === second);
      }
    }
  });
});
