// Guarantee: the container of a dossier holds everything that the gateway has of it, octet for octet; each part verifies with tools that are not ours, from the
// unpacked folder alone; the same state of the store gives the same octets; and one bit of any file, of the signature or of the manifest undoes it.
import { spawnSync } from 'node:child_process';
import { createHash, createHmac, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { Backend } from '../../src/backend/server.ts';
import { connect } from '../../src/client/connect.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { enterWith } from '../../src/evidence/append.ts';
import { openEvidenceDesk } from '../../src/evidence/desk.ts';
import { enterPage } from '../../src/evidence/waiting.ts';
import { openContainer } from '../../src/evidence/container/seal.ts';
import { collectEvidence } from '../../src/evidence/collect.ts';
import { SIGNATURE_FILE, writeContainer } from '../../src/evidence/container/write.ts';
import { parseCheckpoint } from '../../src/log/checkpoint.ts';
import { entryOctets } from '../../src/log/entry.ts';
import { leafHash } from '../../src/log/merkle.ts';
import { lineText, parseNote, parseVerifier, signatureLine, signerOf } from '../../src/log/note.ts';
import { parseProof } from '../../src/log/proof.ts';
import type { Query } from '../../src/store/database.ts';
import { listCheckpoints } from '../../src/store/log.ts';
import { assembleTrustMaterial } from '../../src/trust/material.ts';
import { parseCertificate } from '../../src/trust/certificate.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { ivan } from '../cli/support.ts';
import { signedDossier } from '../support/dossiers.ts';
import { identityOf, pkiFolder } from '../support/pki.ts';
import { startReferenceBackend, startSite } from '../support/site.ts';
import type { Answer, Site } from '../support/site.ts';
import { itWith } from '../support/tools.ts';
import { until } from '../support/until.ts';
import { verifyProof } from '../log/verified-proof.ts';

let site: Site;
let backend: Backend;
let dossier: Buffer;
let digest: string;
let answer: Answer;
let files: ReadonlyMap<string, Buffer>;
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
const unpacked = join(folder, 'unpacked');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const evidenceOf = (of: string, headers: Record<string, string> = {}): Promise<Answer> => site.direct.get(`/v1/dossiers/${of}/evidence`, headers);
const text = (name: string): string => files.get(name)?.toString('utf8') ?? '';

beforeAll(async () => {
  backend = await startReferenceBackend();
  site = await startSite({ backendUrl: backend.url });
  dossier = await signedDossier(identityOf(site.pki.employer));
  digest = sha256(dossier);
  await site.ivan.post('/v1/dossiers', dossier);
  await until('the result', async () => (await site.direct.get(`/v1/dossiers/${digest}/result`)).status === 200);
  answer = await evidenceOf(digest);
  files = openContainer(answer.body).files;
  writeFileSync(join(folder, 'evidence.asice'), answer.body);
  writeFileSync(join(folder, 'dossier.xml'), dossier);
});

afterAll(async () => {
  await site.stop();
  await backend.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the container of a dossier', () => {
  it('is sent as one, with the state of the dossier', () => {
    expect([answer.status, answer.headers['content-type'], answer.headers['ivan-state']]).toEqual([200, 'application/vnd.etsi.asic-e+zip', 'answered']);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${digest.slice(0, 16)}.asice"`);
  });

  it('holds what was sent and what was issued, octet for octet', async () => {
    const issued = async (path: string): Promise<Buffer> => (await site.direct.get(`/v1/dossiers/${digest}${path}`)).body;
    expect(files.get('dossier.xml')?.equals(dossier)).toBe(true);
    expect(files.get('receipt.xml')?.equals(await issued(''))).toBe(true);
    expect(files.get('results/1.xml')?.equals(await issued('/result'))).toBe(true);
    expect(text('results/1.xml')).toContain((files.get('agency/results/1.xml') ?? Buffer.from('?')).toString('base64'));
    const { notices } = JSON.parse((await issued('/notices')).toString('utf8')) as { notices: { document: string; agencyMessage: string }[] };
    expect(notices.length).toBeGreaterThan(0);
    for (const { document, agencyMessage } of notices) {
      const name = document.split('/').at(-1) ?? '';
      expect([name, files.get(`notices/${name}.xml`)?.equals(await issued(`/notices/${name}`))]).toEqual([name, true]);
      expect([agencyMessage, files.get(`agency/notices/${name}.xml`)?.equals((await site.direct.get(agencyMessage)).body)]).toEqual([agencyMessage, true]);
    }
  });

  it('names certificates and lists by their digests, with all that the verdict rests on', async () => {
    const parts = [...files].filter(([name]) => /^(?:certificates|crls|ocsp)\//.test(name));
    for (const [name, octets] of parts) expect(name).toMatch(new RegExp(`^(?:certificates/${sha256(octets)}\\.cer|crls/${sha256(octets)}\\.crl)$`));
    const [row] = await site.gateway.database.query<{ signatures: { path: string[]; revocation: { digest: string }[] }[]; trust: string; rules: string }>('SELECT signatures, trust_digest AS trust, rule_set_digest AS rules FROM submission');
    const named = row?.signatures.flatMap(({ path, revocation }) => [...path.slice(1).map((fingerprint) => `certificates/${fingerprint}.cer`), ...revocation.map((each) => `crls/${each.digest}.crl`)]) ?? [];
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect([...files.keys()]).toContain(name);
    expect(text(`trust/${row?.trust ?? ''}.txt`)).toContain(`certificate ${named[0]?.slice(13, 77) ?? '?'}`);
    expect(JSON.parse(text('rules.json'))).toMatchObject({ ruleSet: expect.any(String), ruleSetDigest: row?.rules, trustDigest: row?.trust });
    expect(text('receipt.xml')).toContain(`<MA_BO_QUYTAC>${(JSON.parse(text('rules.json')) as { ruleSet: string }).ruleSet}</MA_BO_QUYTAC>`);
  });

  it('is enough to trust who signed it and everything in it, with no other material', () => {
    const parts = [...files].flatMap(([name, body]) => (/^(certificates|crls)\//.test(name) ? [{ kind: name.startsWith('crls') ? 'crl' as const : 'certificate' as const, digest: sha256(body), body }] : []));
    const { signature } = openContainer(answer.body);
    expect(trustSigner(parseCertificate(signature.certificate), assembleTrustMaterial(parts), signature.xades.signingTime, 'signature').commonName).toBe('Gateway signing (Development)');
    expect(text('renditions/receipt.html')).toContain('class="part passed"');
    expect(text('renditions/result.html')).not.toMatch(/class="part (?:failed|open|unsigned)"/);
    expect(text('renditions/receipt.pdf').slice(0, 5)).toBe('%PDF-');
  });

  it('proves of every document that it is in the log, under one checkpoint', () => {
    const key = parseVerifier(text('log/key.txt').trim());
    const proofs = [...files.keys()].filter((name) => name.endsWith('.proof'));
    const notices = [...files.keys()].filter((name) => /^(?:agency\/)?notices\/\d+\.xml$/.test(name)).map((name) => `log/${name.replace('.xml', '.proof')}`);
    expect(proofs).toEqual(['log/dossier.proof', ...notices, 'log/receipt.proof', 'log/results/1.proof'].sort());
    const kinds = new Map([['dossier', 'submission'], ['receipt', 'receipt'], ['results', 'result'], ['notices', 'notice'], ['agency', 'message']]);
    for (const name of proofs) {
      const proof = parseProof(text(name));
      if (proof === undefined || key === undefined) throw new Error(`${name} is no proof`);
      const commitment = createHmac('sha256', proof.extra).update(files.get(name.replace('.proof', '.json')) ?? '').digest();
      const leaf = leafHash(entryOctets(kinds.get(/^log\/(\w+)/.exec(name)?.[1] ?? '') ?? '', commitment));
      expect([name, verifyProof(proof, leaf, key)]).toEqual([name, expect.objectContaining({ checkpoint: parseCheckpoint(parseNote(text('log/checkpoint.txt'))?.text ?? '') })]);
    }
    expect(text('log/dossier.json')).toContain(digest);
    expect(text('log/receipt.json')).toContain(sha256(files.get('receipt.xml') ?? Buffer.alloc(0)));
    expect(text('log/results/1.json')).toContain(sha256(files.get('results/1.xml') ?? Buffer.alloc(0)));
  });

  it('is the same octets for the same state, from another process too, and is not sent to who has it', async () => {
    const { etag } = answer.headers;
    expect((await evidenceOf(digest)).body.equals(answer.body)).toBe(true);
    const other = await startSite({ databaseUrl: site.databaseUrl, backendUrl: backend.url });
    const again = await other.direct.get(`/v1/dossiers/${digest}/evidence`);
    await other.stop();
    expect([again.headers.etag, again.body.equals(answer.body)]).toEqual([etag, true]);
    expect([(await evidenceOf(digest, { 'if-none-match': String(etag) })).status, (await evidenceOf(digest, { 'if-none-match': '"0"' })).status]).toEqual([304, 200]);
    await site.ivan.post('/v1/dossiers', await signedDossier(identityOf(site.pki.employer), { mark: 'khác' }));
    expect((await evidenceOf(digest)).headers.etag).toBe(etag);
  });

  it('of a refused dossier has its refusal', async () => {
    const refused = Buffer.from('<Hoso>');
    const refusal = await site.ivan.post('/v1/dossiers', refused);
    const opened = openContainer((await evidenceOf(sha256(refused))).body);
    expect([refusal.status, opened.files.get('dossier.xml')?.equals(refused), opened.files.get('receipt.xml')?.equals(refusal.body)]).toEqual([422, true, true]);
    expect([...opened.files.keys()]).toEqual(expect.arrayContaining(['log/dossier.proof', 'log/receipt.proof', 'renditions/receipt.html']));
  });

  it('is there at once, though what was just issued has yet to be entered into the log', async () => {
    const bytes = await signedDossier(identityOf(site.pki.employer), { mark: 'ngay' });
    const [, evidence] = [await site.ivan.post('/v1/dossiers', bytes), await evidenceOf(sha256(bytes))];
    expect([evidence.status, openContainer(evidence.body).files.has('log/receipt.proof')]).toEqual([200, true]);
  });

  it('of what was never received is the signed non-receipt', async () => {
    const unknown = await evidenceOf('0'.repeat(64));
    expect([unknown.status, unknown.headers['content-type'], unknown.body.toString('utf8')]).toEqual([404, expect.stringContaining('application/xml'), expect.stringContaining('<LOAI>CHUA_NHAN</LOAI>')]);
  });
});

describe('one bit', () => {
  const flipped = (octets: Buffer, at: number, bit = 0): Buffer => {
    const copy = Buffer.from(octets);
    copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
    return copy;
  };
  const codesOf = (container: Buffer): string[] => {
    try {
      openContainer(container);
      return [];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.findings.map(({ code }) => code);
    }
  };

  it('of any file is found, whether or not the check sum of its entry was made anew', () => {
    for (const [name, octets] of files) {
      if (octets.length === 0) throw new Error(`${name} is empty`);
      const at = Math.floor(octets.length / 3);
      const codes = codesOf(writeContainer(new Map([...files, [name, flipped(octets, at)]])));
      expect([name, codes]).toEqual([name, name === 'mimetype' ? [] : name === SIGNATURE_FILE ? [expect.any(String)] : ['CONTAINER_FILE_CHANGED']]);
      const place = answer.body.indexOf(octets) + at;
      expect([name, codesOf(flipped(answer.body, place))]).toEqual([name, ['CONTAINER_ENTRY']]);
    }
  });

  it('of the signature is found, wherever it is', () => {
    const signature = files.get(SIGNATURE_FILE) ?? Buffer.alloc(0);
    const valueEnd = signature.indexOf('</SignatureValue>');
    const places = [...Array.from({ length: Math.floor(signature.length / 23) }, (_value, index) => index * 23), ...Array.from({ length: 8 }, (_value, index) => valueEnd - 1 - index)];
    for (const [index, at] of places.entries()) expect([at, index % 7, codesOf(writeContainer(new Map([...files, [SIGNATURE_FILE, flipped(signature, at, index % 7)]]))).length]).toEqual([at, index % 7, 1]);
  });

  it('more, or less: a file that was added, taken away or renamed is found', () => {
    const without = new Map([...files].filter(([name]) => name !== 'receipt.xml'));
    expect(codesOf(writeContainer(without))).toEqual(['CONTAINER_FILE_MISSING']);
    expect(codesOf(writeContainer(new Map([...files, ['added.txt', Buffer.from('x')]])))).toEqual(['CONTAINER_FILE_UNSIGNED']);
    expect(codesOf(writeContainer(new Map([...without, ['receipt2.xml', files.get('receipt.xml') ?? Buffer.alloc(0)]])))).toEqual(['CONTAINER_FILE_MISSING']);
  });
});

describe('with common tools', () => {
  const run = (tool: string, ...words: string[]): { status: number | null; stdout: string; stderr: string } => spawnSync(tool, words, { cwd: unpacked, encoding: 'utf8' });
  const root = join(pkiFolder(), 'trust/root.pem');
  const unpack = (): void => { expect(spawnSync('unzip', ['-q', '-o', '-d', unpacked, join(folder, 'evidence.asice')]).status).toBe(0); };

  itWith('unzip', 'it unpacks to the same files', () => {
    unpack();
    const found = readdirSync(unpacked, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile());
    expect(found).toHaveLength(files.size);
    for (const [name, octets] of files) expect([name, readFileSync(join(unpacked, name)).equals(octets)]).toEqual([name, true]);
  });

  itWith('xmlsec1', 'its signature and those of the documents verify, and altered ones do not', () => {
    unpack();
    const verify = (file: string): number | null => run('xmlsec1', '--verify', '--enabled-key-data', 'x509', '--trusted-pem', root, file).status;
    expect(run('xmlsec1', '--verify', '--trusted-pem', root, SIGNATURE_FILE)).toMatchObject({ status: 0 });
    const documents = [...files.keys()].filter((name) => /^(?:receipt|(?:results|notices|agency\/\w+)\/\w+)\.xml$/.test(name));
    expect(documents.length).toBeGreaterThan(4);
    expect(documents.map((name) => [name, verify(name)])).toEqual(documents.map((name) => [name, 0]));
    for (const name of ['dossier.xml', 'log/checkpoint.txt', 'META-INF/manifest.xml']) {
      writeFileSync(join(unpacked, name), Buffer.concat([files.get(name) ?? Buffer.alloc(0), Buffer.from(' ')]));
      expect([name, verify(SIGNATURE_FILE)]).toEqual([name, 1]);
      writeFileSync(join(unpacked, name), files.get(name) ?? Buffer.alloc(0));
    }
    expect(verify(SIGNATURE_FILE)).toBe(0);
  });

  itWith('openssl', 'certificates and lists are read', () => {
    unpack();
    for (const name of files.keys()) {
      if (name.endsWith('.cer')) expect([name, run('openssl', 'x509', '-inform', 'DER', '-in', name, '-noout').status]).toEqual([name, 0]);
      if (name.endsWith('.crl')) expect([name, run('openssl', 'crl', '-inform', 'DER', '-in', name, '-noout', '-issuer').status]).toEqual([name, 0]);
    }
  });

  it('README.txt says it in Vietnamese first', () => {
    expect(text('README.txt').indexOf('CHỨNG CỨ')).toBe(0);
    expect(text('README.txt')).toContain('THE EVIDENCE OF');
  });
});

describe('ivan evidence', () => {
  const common = (): string[] => ['--url', site.gateway.url, '--ca', join(pkiFolder(), 'trust/root.pem')];

  it('saves the container of a file’s dossier, says who signed it, and overwrites nothing', async () => {
    const out = join(folder, 'saved.asice');
    const run = await ivan(['evidence', join(folder, 'dossier.xml'), ...common(), '--trust', join(pkiFolder(), 'trust'), '--out', out]);
    expect([run.exitCode, run.out]).toEqual([0, expect.stringContaining('Gateway signing (Development)')]);
    expect(readFileSync(out).equals(answer.body)).toBe(true);
    expect((await ivan(['evidence', digest, ...common(), '--out', out])).exitCode).not.toBe(0);
  });

  it('ends with 2 and the signed statement where there is none', async () => {
    const run = await ivan(['evidence', '0'.repeat(64), ...common(), '--out', join(folder, 'none.asice'), '--json']);
    expect([run.exitCode, JSON.parse(run.out)]).toEqual([2, expect.objectContaining({ state: 'unknown', saved: join(folder, 'none.non-receipt.xml') })]);
  });

  it('the library gives the same', async () => {
    const client = connect({ url: site.gateway.url, certificateAuthorities: [site.pki.root.certificatePem] });
    const fetched = await client.evidence(digest);
    expect([fetched.kind, fetched.kind === 'evidence' && fetched.container.equals(answer.body)]).toEqual(['evidence', true]);
    client.close();
  });
});

/** Last, for what it records changes the containers above. */
describe('the container of a dossier, later,', () => {
  it('leads to the checkpoint that somebody else signed or stamped, as soon as there is one', async () => {
    const { query } = site.gateway.database;
    const least = parseCheckpoint(parseNote(text('log/checkpoint.txt'))?.text ?? '')?.size ?? 0;
    const later = (await listCheckpoints(query, least, 1_000_000)).slice(0, 3);
    const [stamped, cosigned] = [later[2], later[1]];
    if (stamped === undefined || cosigned === undefined) throw new Error('the log has not grown');
    const checkpointIn = (found: ReadonlyMap<string, Buffer> | undefined): number | undefined => parseCheckpoint(parseNote(found?.get('log/checkpoint.txt')?.toString('utf8') ?? '')?.text ?? '')?.size;
    const witness = signerOf('witness.example', generateKeyPairSync('ed25519').privateKey, 'witness');
    const line = lineText(signatureLine(parseNote(cosigned.note)?.text ?? '', witness, new Date()));
    await query('INSERT INTO log_cosignature (size, witness, line, at) VALUES ($1, $2, $3, now())', [cosigned.size, 'witness.example', line]);
    const withWitness = openContainer((await evidenceOf(digest)).body).files;
    expect([checkpointIn(withWitness), withWitness.get('log/receipt.proof')?.toString('utf8').endsWith(line)]).toEqual([cosigned.size, true]);
    const token = Buffer.from('a token');
    const [{ digest: trustDigest } = { digest: '' }] = await query<{ digest: string }>('SELECT digest FROM trust_material LIMIT 1');
    const collected = await collectEvidence(query, digest, (_query, size) => Promise.resolve(size <= stamped.size ? [{ id: '1', size: stamped.size, token, trustDigest }] : []));
    expect([checkpointIn(collected?.files), collected?.files.get('timestamps/1.tst'), collected?.files.get('timestamps/1.txt')?.toString('utf8'), collected?.asOf]).toEqual([stamped.size, token, stamped.note, stamped.at]);
  });

  it('is made for one after another: who comes when too many wait comes again', async () => {
    const refused = Array.from({ length: 40 }, (_value, index) => Buffer.from(`<Hoso>${index}`));
    await Promise.all(refused.map((body) => site.ivan.post('/v1/dossiers', body)));
    const key = createPrivateKey(readFileSync(join(pkiFolder(), 'log.key'), 'utf8'));
    const { database } = site.gateway;
    const entering = { database, enter: enterWith(signerOf('localhost/ivan-gateway', key)), now: () => new Date() };
    const atOnce = { now: 0, most: 0 };
    const findStamps = async (query: Query): Promise<[]> => {
      atOnce.most = Math.max(atOnce.most, atOnce.now += 1);
      await query('SELECT pg_sleep(0.01)');
      atOnce.now -= 1;
      return [];
    };
    const desk = openEvidenceDesk({ database, catchUp: () => enterPage(entering, 500, []), identity: identityOf(site.pki.gatewaySigning), findStamps });
    const found = await Promise.all(refused.map((body) => desk.find(sha256(body))));
    expect([atOnce, found.filter((one) => one === undefined)]).toEqual([{ now: 0, most: 4 }, []]); // whoever is looked at has all of its dossier in memory
    const asked = await Promise.allSettled(found.map(async (one) => one?.octets())); // all at one moment
    const busy = asked.flatMap((one, index) => (one.status === 'rejected' ? [{ index, reason: one.reason as unknown }] : []));
    expect([asked.filter(({ status }) => status === 'fulfilled').length, busy.length].map((count) => count > 0)).toEqual([true, true]);
    expect(busy[0]?.reason).toMatchObject({ reason: 'EVIDENCE_BUSY', retryAfterSeconds: 5 });
    expect((await evidenceOf(sha256(refused[busy[0]?.index ?? 0] ?? Buffer.alloc(0)))).status).toBe(200);
  });
});
