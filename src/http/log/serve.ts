// The log for whoever reaches the gateway, after C2SP tlog-tiles and tlog-checkpoint: checkpoints, tiles, entries, keys, and proofs for those who do not compute
// them from tiles. An entry's salt is given only to who names the digest of what it is about.
import type { Request, Response } from 'express';

import { BoundedMap } from '../../bounded-map.ts';
import { Problem, shorten } from '../../errors/outcomes.ts';
import { cosignedNote, proveConsistency, proveInclusion, readBundle, readTile } from '../../evidence/serving.ts';
import { noteText, parseNote } from '../../log/note.ts';
import { parseTilePath } from '../../log/tiles.ts';
import { logStatementXml } from '../../receipts/log-statement.ts';
import { listLogKeys } from '../../store/log.ts';
import { findEntryOf, findServed } from '../../store/log-serving.ts';
import type { ServedCheckpoint } from '../../store/log-serving.ts';
import type { Gateway } from '../app.ts';
import type { Parameter } from '../operations/operation.ts';
import { readQuery } from '../published/query.ts';
import { sendXml } from '../respond.ts';
import { sendText, sendTile } from './send.ts';

/** Several gateways on one log, and keys, may change in turn; nobody asks for old ones. */
const STATEMENTS_HELD = 4;

type Handler = (request: Request, response: Response) => Promise<void>;

export function newestCheckpoint(gateway: Gateway, parameters: readonly Parameter[]): Handler {
  return async (request, response) => {
    const asked = readQuery(request, parameters);
    const checkpoint = await findWanted(gateway, undefined, asked.get('cosigned'));
    sendText(response, noteText(cosignedNote(checkpoint)));
  };
}

export function checkpointOfSize(gateway: Gateway): Handler {
  return async (request, response) => {
    sendText(response, noteText(cosignedNote(await findWanted(gateway, sizeIn(request), undefined))));
  };
}

/** `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`. */
export function tile({ database }: Gateway, level?: 'entries'): Handler {
  return async (request, response) => {
    const path = `${level ?? String(request.params['level'])}/${[request.params['index']].flat().join('/')}`;
    const asked = parseTilePath(path);
    const octets = asked && (await (asked.kind === 'entries' ? readBundle : readTile)(database.query, asked));
    if (asked === undefined || octets === undefined) throw new Problem('LOG_TILE_UNKNOWN', { tile: shorten(path) });
    sendTile(response, octets);
  };
}

export function keys({ database }: Gateway): Handler {
  return async (_request, response) => {
    sendText(response, (await listLogKeys(database.query)).map((key) => `${key}\n`).join(''));
  };
}

/** What the gateway's certificate says of the log: signed once for a checkpoint, however many ask. */
export function statement({ database, publicLog, issue, issuer, now }: Gateway): Handler {
  const signed = new BoundedMap<string, { issued?: Promise<Buffer> }>(STATEMENTS_HELD);
  return async (_request, response) => {
    const [keys, checkpoint = publicLog.empty] = await Promise.all([listLogKeys(database.query), findServed(database.query, { cosigned: 0 })]);
    const { size, root, note } = checkpoint;
    const name = `${note}\n${keys.join('\n')}`;
    const slot = signed.getOrCompute(name, () => ({}));
    const origin = parseNote(note)?.text.split('\n')[0] ?? '';
    slot.issued ??= issue(logStatementXml({ origin, keys, size, root, note, at: now() }, issuer)).catch((error: unknown) => { delete slot.issued; throw error; });
    sendXml(response, 200, await slot.issued);
  };
}

export function inclusion(gateway: Gateway, parameters: readonly Parameter[]): Handler {
  return async (request, response) => {
    const asked = readQuery(request, parameters);
    const [index, digest] = [asked.get('index'), asked.get('digest')];
    if ((index === undefined) === (digest === undefined)) throw new Problem('QUERY_NAME', { name: 'index', allowed: '?index, ?digest' });
    // The entry first: the newest checkpoint has every entry that was there before it was asked for.
    const entry = digest === undefined ? { position: Number(index), salt: null } : await findEntryOf(gateway.database.query, digest.toLowerCase());
    const checkpoint = await findWanted(gateway, asked.get('size'), asked.get('cosigned'));
    if (entry === undefined || entry.position >= checkpoint.size) throw new Problem('LOG_ENTRY_UNKNOWN', { size: checkpoint.size, reason: entry?.position ?? digest ?? '' });
    sendText(response, await proveInclusion(gateway.database.query, checkpoint, entry.position, entry.salt));
  };
}

export function consistency(gateway: Gateway, parameters: readonly Parameter[]): Handler {
  return async (request, response) => {
    const asked = readQuery(request, parameters);
    const from = Number(asked.get('from'));
    const checkpoint = await findWanted(gateway, asked.get('to'), undefined);
    if (from > checkpoint.size) throw new Problem('LOG_SIZE_UNKNOWN', { reason: `${from} > ${checkpoint.size}`, newest: checkpoint.size });
    sendText(response, await proveConsistency(gateway.database.query, from, checkpoint));
  };
}

/** The checkpoint of that size, else the newest, or the newest with so many cosignatures. */
export async function findWanted({ database, publicLog }: Gateway, size: string | undefined, cosigned: string | undefined): Promise<ServedCheckpoint> {
  const wanted = size === undefined ? { cosigned: Number(cosigned ?? 0) } : { size: Number(size) };
  const isPossible = 'size' in wanted || wanted.cosigned <= publicLog.witnesses.length;
  const found = isPossible ? await findServed(database.query, wanted) : undefined;
  if (found !== undefined) return found;
  const newest = (await findServed(database.query, { cosigned: 0 })) ?? publicLog.empty;
  const isEmpty = newest.size === 0 && cosigned === undefined && Number(size ?? 0) === 0;
  if (isEmpty) return newest;
  throw new Problem('LOG_SIZE_UNKNOWN', { reason: size ?? `cosigned=${cosigned ?? ''}`, newest: newest.size });
}

function sizeIn(request: Request): string {
  const size = String(request.params['size']);
  if (!/^(?:0|[1-9]\d{0,14})$/.test(size)) throw new Problem('QUERY_VALUE', { name: 'size', example: '1024' });
  return size;
}

