// What a backend is given – address, transport, the certificates that may sign for it – as recorded data: a gateway that starts with other settings than those
// that count records them, with an audit event, and they count from then on for every process. Settings that were replaced come back by an operator's word,
// or with a gateway that is alone: so gateways whose files differ never take turns, each restart undoing the other's.
import { createHash } from 'node:crypto';

import { Problem } from '../errors/outcomes.ts';
import { areKnownFacts, findFacts, insertFacts, isAnotherThere, listFacts, lockFacts } from '../store/backend-facts.ts';
import type { BackendFacts, TransportFacts } from '../store/backend-facts.ts';
import type { Database, Query } from '../store/database.ts';
import { insertEvents } from '../store/events.ts';
import type { NewEvent } from '../store/events.ts';
import type { Backend, Backends } from './routes.ts';

export interface Declared {
  /** As this process works: its own settings, or those that count instead. */
  readonly backends: Backends;
  /** Whose own settings were replaced before. */
  readonly outdated: readonly string[];
}

export async function declareBackends(database: Database, backends: Backends, holder: string, now: Date): Promise<Declared> {
  return database.transaction(async (query) => {
    await lockFacts(query);
    const events: NewEvent[] = [];
    const declared = new Map<string, Backend>();
    const outdated: string[] = [];
    for (const backend of [...backends.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const standing = await findFacts(query, backend.name);
      const own = factsOf(backend);
      const isOwn = standing === undefined || standing.digest !== digestOf(own);
      const isOutdated = isOwn && (await areKnownFacts(query, backend.name, digestOf(own))) && (await isAnotherThere(query, holder));
      if (isOutdated) outdated.push(backend.name);
      else if (isOwn) events.push(await write(query, backend.name, own, { actor: 'gateway', reason: 'GATEWAY_ROUTES_FILE', at: now }));
      declared.set(backend.name, isOutdated && standing !== undefined ? withFacts(backend, standing.facts) : backend);
    }
    await insertEvents(query, events);
    return { backends: declared, outdated };
  });
}

/** An operator brings back what counted before. Signers count at once, in every process; address and transport with its next start. */
export async function restoreFacts(database: Database, backend: string, id: string, by: { readonly actor: string; readonly reason: string; readonly at: Date }): Promise<void> {
  await database.transaction(async (query) => {
    await lockFacts(query);
    const all = await listFacts(query, backend);
    const chosen = all.find((one) => one.id === id);
    if (chosen === undefined) throw new Problem('BACKEND_UNKNOWN', { reason: `${backend} ${id}` });
    if (all[0]?.digest === chosen.digest) return;
    await insertEvents(query, [await write(query, backend, chosen.facts, by)]);
  });
}

async function write(query: Query, backend: string, facts: BackendFacts, { actor, reason, at }: { readonly actor: string; readonly reason: string; readonly at: Date }): Promise<NewEvent> {
  const digest = digestOf(facts);
  const id = await insertFacts(query, { backend, digest, facts: textOf(facts), actor, reason, decidedAt: at });
  return { at, kind: 'backend_changed', submissionId: null, detail: { backend, facts: id, digest, url: facts.url, transport: facts.transport.kind, signers: facts.answerSigners.join(' '), actor, reason } };
}

/** The order of the members is the order of the octets. */
export function factsOf({ url, certificateAuthorities, answerSigners, transport }: Backend): BackendFacts {
  return { url, certificateAuthorities: certificateAuthorities.toSorted(), answerSigners: [...answerSigners].sort(), transport: transportFacts(transport) };
}

function transportFacts(transport: Backend['transport']): TransportFacts {
  if (transport === undefined) return { kind: 'https' };
  if (transport.kind === 'pull') return { kind: 'pull', clients: [...transport.clients].sort(), leaseMs: transport.leaseMs, mostOctets: transport.mostOctets };
  const { servers, certificateAuthorities, replicas, duplicateWindowMs } = transport;
  return { kind: 'nats', servers: servers.toSorted(), certificateAuthorities: certificateAuthorities.toSorted(), replicas, duplicateWindowMs };
}

function withFacts({ name, mostAtOnce, timeoutMs }: Backend, { url, certificateAuthorities, answerSigners, transport }: BackendFacts): Backend {
  const settings = transport.kind === 'https' ? {} : { transport: transport.kind === 'pull' ? { ...transport, clients: new Set(transport.clients) } : transport };
  return { name, url, certificateAuthorities, answerSigners: new Set(answerSigners), mostAtOnce, timeoutMs, ...settings };
}

/** PostgreSQL's jsonb keeps no order: members are written in the order of `factsOf`, whatever they came in. */
function textOf({ url, certificateAuthorities, answerSigners, transport }: BackendFacts): string {
  return JSON.stringify({ url, certificateAuthorities, answerSigners, transport: Object.fromEntries(Object.entries(transport).toSorted(([a], [b]) => (a < b ? -1 : 1))) });
}

export function digestOf(facts: BackendFacts): string {
  return createHash('sha256').update(textOf(facts)).digest('hex');
}
