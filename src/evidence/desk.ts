// Where evidence is fetched: a dossier's files with their renditions, sealed by the gateway's certificate. What costs time – renditions, the signature – is done
// for one dossier after another, and not again while nothing becomes of the dossier.
import { BoundedMap } from '../bounded-map.ts';
import { Unavailable } from '../errors/outcomes.ts';
import { renditionOf } from '../rendition/documents.ts';
import { htmlOf } from '../rendition/html.ts';
import { createDictionary } from '../rendition/labels.ts';
import type { Dictionary } from '../rendition/labels.ts';
import { pdfOf } from '../rendition/pdf.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { readStandardFiles } from '../standard/standard-files.ts';
import type { Database } from '../store/database.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { Certificate } from '../trust/certificate.ts';
import { assembleTrustMaterial, noTrustMaterial } from '../trust/material.ts';
import type { TrustMaterial, TrustPart } from '../trust/material.ts';
import { collectEvidence, tagOf } from './collect.ts';
import type { Collected, FindStamps } from './collect.ts';
import { sealContainer } from './container/seal.ts';

export interface EvidenceDesk {
  /** Undefined when nothing with that digest was received. */
  find(digest: string): Promise<DossierEvidence | undefined>;
}

export interface DossierEvidence {
  /** The same as long as the container would be. */
  readonly tag: string;
  octets(): Promise<Buffer>;
}

export interface EvidenceSettings {
  readonly database: Database;
  /** Enters what waits for the log, now. */
  readonly catchUp: () => Promise<unknown>;
  readonly identity: SigningIdentity;
  readonly findStamps: FindStamps;
}

const CONTAINERS_HELD = 16;
const LARGEST_HELD = 4 * 1024 * 1024;
const MOST_WAITING = 16;
/** Each has all of its dossier in memory. */
const COLLECTED_AT_ONCE = 4;

export function openEvidenceDesk(settings: EvidenceSettings): EvidenceDesk {
  const { identity } = settings;
  const certificate = parseCertificate(identity.certificates[0] ?? Buffer.alloc(0));
  const held = new BoundedMap<string, { octets?: Promise<Buffer> }>(CONTAINERS_HELD);
  const inTurn = queue();
  const someAtOnce = gate(COLLECTED_AT_ONCE);
  let dictionary: Dictionary | undefined;
  const build = async (collected: Collected): Promise<Buffer> => {
    dictionary ??= createDictionary(readStandardFiles());
    const files = new Map([...collected.files, ...(await renditionsOf(collected, dictionary))]);
    // Never before the certificate began, whatever the checkpoint says.
    return sealContainer(files, identity, certificate.notBefore > collected.asOf ? certificate.notBefore : collected.asOf);
  };
  return {
    find: async (digest) => {
      const collected = await someAtOnce(() => collectEntered(settings, digest));
      if (collected === undefined) return undefined;
      const tag = tagOf(collected, certificate.fingerprint);
      return {
        tag,
        octets: async () => {
          const slot = held.getOrCompute(tag, () => ({}));
          const octets = await (slot.octets ??= inTurn(() => build(collected)).catch((error: unknown) => { delete slot.octets; throw error; }));
          if (octets.length > LARGEST_HELD) delete slot.octets;
          return octets;
        },
      };
    },
  };
}

/** What was issued a moment ago may wait to be entered: then it is entered now. */
async function collectEntered(settings: EvidenceSettings, digest: string): Promise<Collected | undefined> {
  const { database: { query }, findStamps, catchUp } = settings;
  try {
    return await collectEvidence(query, digest, findStamps);
  } catch (error) {
    if (!(error instanceof Unavailable) || error.reason !== 'LOG_BEHIND') throw error;
    await catchUp();
    return collectEvidence(query, digest, findStamps);
  }
}

async function renditionsOf({ shown }: Collected, dictionary: Dictionary): Promise<[string, Buffer][]> {
  const files: [string, Buffer][] = [];
  for (const { name, bytes, at, parts } of shown) {
    const rendition = renditionOf(bytes, { trust: materialOf(parts), at, dictionary });
    files.push([`renditions/${name}.html`, htmlOf(rendition)], [`renditions/${name}.pdf`, await pdfOf(rendition)]);
  }
  return files;
}

/** Where the path of the signer ended at no anchor, nobody is believed, which the rendition says. */
function materialOf(parts: readonly TrustPart[]): TrustMaterial {
  const hasAnchor = parts.some(({ kind, body }) => kind === 'certificate' && isSelfIssued(parseCertificate(body)));
  return hasAnchor ? assembleTrustMaterial(parts) : noTrustMaterial();
}

function isSelfIssued({ isAuthority, issuerDer, subjectDer }: Certificate): boolean {
  return isAuthority && issuerDer.equals(subjectDer);
}

/** Each holds all of its dossier while it waits: beyond a few it is better to come again. */
function queue(): <Value>(task: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (task) => {
    if (waiting >= MOST_WAITING) throw new Unavailable('EVIDENCE_BUSY');
    waiting += 1;
    const turn = last.then(task).finally(() => { waiting -= 1; });
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** So many at once; who waits holds nothing yet. */
function gate(atOnce: number): <Value>(task: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => { waiting.push(resolve); });
    return task().finally(() => {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    });
  };
}
