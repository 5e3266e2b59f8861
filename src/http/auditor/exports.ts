// What auditors take away: lists of what was affected, sealed by the gateway as evidence is, and on record with their digest before they are given.
import { createHash } from 'node:crypto';

import type { RequestHandler } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import { affectedFiles, listAffected } from '../../evidence/affected.ts';
import type { NoteVerifier } from '../../log/note.ts';
import { parseInstant } from '../../standard/time.ts';
import { auditorGet, sendContainer } from './access.ts';
import type { AuditorAccess } from './access.ts';

export interface ExportAccess extends AuditorAccess {
  readonly publicLog: { readonly witnesses: readonly NoteVerifier[] };
  /** Files into one container that the gateway's certificate vouches for. */
  readonly seal: (files: ReadonlyMap<string, Buffer>, at: Date) => Promise<Buffer>;
}

export function compromisedDossiers(access: ExportAccess): RequestHandler {
  return auditorGet(access, ['fingerprint', 'at'], async (_request, { fingerprint: written, at: instant }, auditor) => {
    const fingerprint = (written ?? '').replaceAll(':', '').toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(fingerprint)) throw new Problem('FIELD_INVALID', { reason: '?fingerprint' });
    const at = parseInstant((instant ?? '').replace(' ', '+'));
    if (at === undefined) throw new Problem('FIELD_INVALID', { reason: '?at' });
    const compromise = { fingerprint, at };
    const affected = await listAffected(access.database.query, compromise, access.publicLog.witnesses);
    const now = access.now();
    const octets = await access.seal(affectedFiles(compromise, affected, now, auditor), now);
    const exported = { sha256: createHash('sha256').update(octets).digest('hex'), dossiers: affected.length };
    return { found: affected.length > 0, exported, answer: (response) => { sendContainer(response, `affected-${fingerprint.slice(0, 16)}`, octets); } };
  });
}
