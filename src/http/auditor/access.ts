// The auditor's interface: reachable only with a client certificate that the auditors' file names, which in turn reaches nothing but evidence and the log.
// Every look is an event – who, what, when – that is on record, and so on its way into the log, before the answer is given.
import type { Request, RequestHandler, Response } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import type { Operators } from '../../operators-file.ts';
import { CONTAINER_TYPE } from '../../evidence/container/write.ts';
import { formatInstant } from '../../standard/time.ts';
import type { Database } from '../../store/database.ts';
import { insertEvents } from '../../store/events.ts';
import { readFilters } from '../admin/operator.ts';
import type { Filters } from '../admin/operator.ts';
import { peerCertificate } from '../sender.ts';

export interface AuditorAccess {
  readonly database: Database;
  /** Name of an auditor by the fingerprint of a certificate. */
  readonly auditors: Operators;
  readonly now: () => Date;
}

/** What is looked at. */
export interface Look {
  /** Where it is of one. */
  readonly submissionId?: string;
  readonly found: boolean;
  /** SHA-256 of what is taken away, and of how many dossiers it tells. */
  readonly exported?: { readonly sha256: string; readonly dossiers: number };
  readonly answer: (response: Response) => void;
}

/** `look` finds what is asked for; it is given once the event is on record. */
export function auditorGet(access: AuditorAccess, filters: readonly string[], look: (request: Request, wanted: Filters, auditor: string) => Promise<Look>): RequestHandler {
  return async (request, response) => {
    const { name, fingerprint } = checkAuditor(access, request);
    const { submissionId = null, found, exported, answer } = await look(request, readFilters(request, filters), name);
    await access.database.transaction((query) => insertEvents(query, [{ at: access.now(), kind: exported === undefined ? 'auditor_looked' : 'auditor_exported', submissionId, detail: { auditor: name, fingerprint, call: `${request.method} ${request.originalUrl}`, found, ...exported } }]));
    answer(response);
  };
}

export function sendContainer(response: Response, name: string, octets: Buffer): void {
  response.status(200).set({ 'Content-Type': CONTAINER_TYPE, 'Cache-Control': 'no-store', 'Content-Disposition': `attachment; filename="${name}.asice"` }).end(octets);
}

/** Being in the file does not outlive the certificate: TLS here proves the key alone. */
function checkAuditor({ auditors, now }: AuditorAccess, request: Request): { readonly name: string; readonly fingerprint: string } {
  const peer = peerCertificate(request);
  const name = auditors.get(peer?.fingerprint ?? '');
  if (peer === undefined || name === undefined) throw new Problem('AUDITOR_UNKNOWN');
  const { validFrom, validUntil, fingerprint } = peer;
  const at = now();
  if (!(validFrom <= at && at <= validUntil)) throw new Problem('AUDITOR_CERTIFICATE_TIME', { from: formatInstant(validFrom), until: formatInstant(validUntil) });
  return { name, fingerprint };
}

const reachable = /^\/v1\/(?:auditor|log)(?:\/|$)/i;

const ofLog = /^\/v1\/log(?:\/|$)/i;

/** Stands before every route: whoever comes with an auditor's certificate gets evidence and the log, whose readers are known by nothing but such a certificate. */
export function keepAuditorsToEvidence({ auditors, database, now }: AuditorAccess): RequestHandler {
  return async (request, _response, next) => {
    const fingerprint = auditors.size === 0 ? '' : (peerCertificate(request)?.fingerprint ?? '');
    const auditor = auditors.get(fingerprint);
    if (auditor !== undefined) {
      if (!reachable.test(request.path) || (request.method !== 'GET' && request.method !== 'HEAD')) throw new Problem('AUDITOR_ONLY');
      if (ofLog.test(request.path)) await database.transaction((query) => insertEvents(query, [{ at: now(), kind: 'auditor_looked', submissionId: null, detail: { auditor, fingerprint, call: `${request.method} ${request.originalUrl}` } }]));
    }
    next();
  };
}
