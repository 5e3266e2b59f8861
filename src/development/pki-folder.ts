// The development PKI in a folder: made the first time, loaded after that, renewed in parts before they end. `trust/` is exactly what a
// gateway's trust folder holds. A party's files: NAME.pem, NAME.chain.pem (with the subordinate authority), NAME.key; and log.key, which stays. Keys have mode 0600,
// every file is replaced at once or not at all, and only when it changed. One process at a time (the database's folder sees to that).
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, join } from 'node:path';
import { type Credential, generateKeys, isPairOf } from './certificates.ts';
import {
  type Authorities, type Crls, type DevelopmentPki, LEAF_DAYS, type Party, assemble, createDevelopmentPki, daysAfter, issueCrls, issueTo, parties,
} from './pki.ts';
import { isCode } from './error-codes.ts';
import { nextUpdateOf } from './revocation-lists.ts';

const RENEW_CERTIFICATE_DAYS = 30;
const RENEW_CRL_DAYS = 5;

/** Loads the PKI in the folder; makes it, or the part of it that is missing or about to end, first. */
export async function ensureDevelopmentPki(folder: string, now: Date, names: readonly string[] = []): Promise<DevelopmentPki> {
  const loaded = await loadAuthorities(folder, now);
  if (loaded === undefined) {
    const made = await createDevelopmentPki({ now, names });
    await writePki(folder, made);
    return made;
  }
  const kept = await Promise.all(parties.map((party) => loadParty(folder, party, loaded, now, names)));
  const keys = await generateKeys(kept.filter((credential) => credential === undefined).length);
  const credentials = kept.map((credential, index) => credential ?? issueTo(parties[index] ?? 'employer', loaded, now, names, keys.shift()));
  const pki = assemble(loaded, credentials, (await loadCrls(folder, now)) ?? issueCrls(loaded, now));
  await writePki(folder, pki);
  return pki;
}

/** `gatewayTls` → `gateway-tls`. */
export function fileNameOf(party: Party): string {
  return party.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Replaces what is in the folder. */
export async function writePki(folder: string, pki: DevelopmentPki): Promise<void> {
  const write = (path: string, text: string, mode = 0o644): Promise<void> => replaceFile(join(folder, path), text, mode);
  for (const name of ['root', 'subordinate'] as const) {
    await write(`authorities/${name}.key`, pki[name].privateKeyPem, 0o600);
    await write(`trust/${name}.pem`, pki[name].certificatePem);
    await write(`trust/${name}.crl.pem`, pki[`${name}CrlPem`]);
  }
  for (const party of parties) {
    await write(`${fileNameOf(party)}.key`, pki[party].privateKeyPem, 0o600);
    await write(`${fileNameOf(party)}.pem`, pki[party].certificatePem);
    await write(`${fileNameOf(party)}.chain.pem`, pki[party].chainPem);
  }
  if ((await readText(join(folder, LOG_KEY))) === undefined) await write(LOG_KEY, newLogKey(), 0o600);
}

/** Signs the checkpoints of the site's log. */
export const LOG_KEY = 'log.key';

function newLogKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  if ((await readText(path)) === text) return;
  await mkdir(dirname(path), { recursive: true });
  await rm(`${path}.draft`, { force: true });
  await writeFile(`${path}.draft`, text, { mode, flag: 'wx' });
  await rename(`${path}.draft`, path);
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

async function loadAuthorities(folder: string, now: Date): Promise<Authorities | undefined> {
  const root = await loadCredential(join(folder, 'trust', 'root.pem'), join(folder, 'authorities', 'root.key'), now);
  const subordinate = await loadCredential(join(folder, 'trust', 'subordinate.pem'), join(folder, 'authorities', 'subordinate.key'), now);
  if (root === undefined || subordinate === undefined || !isIssuedBy(root, root) || !isIssuedBy(subordinate, root)) return undefined;
  // Certificates must not outlive their authority.
  const last = daysAfter(now, LEAF_DAYS);
  return endOf(subordinate) > last && endOf(root) > last ? { root, subordinate } : undefined;
}

async function loadParty(folder: string, party: Party, { subordinate }: Authorities, now: Date, names: readonly string[]): Promise<Credential | undefined> {
  const base = join(folder, fileNameOf(party));
  const credential = await loadCredential(`${base}.pem`, `${base}.key`, now);
  if (credential === undefined || !isIssuedBy(credential, subordinate)) return undefined;
  const certificate = new X509Certificate(credential.certificatePem);
  const covers = (name: string): boolean => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
  return certificate.subjectAltName === undefined || names.every(covers) ? credential : undefined;
}

/** Undefined unless both files are there, belong together and are valid for a while yet. */
async function loadCredential(certificatePath: string, keyPath: string, now: Date): Promise<Credential | undefined> {
  const [certificatePem, privateKeyPem] = await Promise.all([readText(certificatePath), readText(keyPath)]);
  if (certificatePem === undefined || privateKeyPem === undefined || !isPairOf({ certificatePem, privateKeyPem })) return undefined;
  const credential = { certificatePem, privateKeyPem };
  const begun = new Date(new X509Certificate(certificatePem).validFrom) <= now;
  return begun && endOf(credential) > daysAfter(now, RENEW_CERTIFICATE_DAYS) ? credential : undefined;
}

function endOf({ certificatePem }: Credential): Date {
  return new Date(new X509Certificate(certificatePem).validTo);
}

function isIssuedBy(credential: Credential, authority: Credential): boolean {
  return new X509Certificate(credential.certificatePem).verify(new X509Certificate(authority.certificatePem).publicKey);
}

async function loadCrls(folder: string, now: Date): Promise<Crls | undefined> {
  const [rootCrlPem, subordinateCrlPem] = await Promise.all(['root', 'subordinate'].map((name) => readText(join(folder, 'trust', `${name}.crl.pem`))));
  if (rootCrlPem === undefined || subordinateCrlPem === undefined) return undefined;
  const soon = daysAfter(now, RENEW_CRL_DAYS);
  return [rootCrlPem, subordinateCrlPem].every((crl) => nextUpdateOf(crl) > soon) ? { rootCrlPem, subordinateCrlPem } : undefined;
}
