// The calls of an agency that fetches its dossiers: reachable only with a client certificate that the route file names for a backend, whose lane is
// all that the caller sees. Every answer may be lost: each call can be made again, and then says the same.
import type { Request, RequestHandler, Response } from 'express';

import type { Fetcher, PullDesk } from '../delivery/pull.ts';
import type { HandOver } from '../store/deliveries.ts';
import { Problem } from '../errors/outcomes.ts';
import { memberOf, textOf } from '../standard/json.ts';
import { formatInstant } from '../standard/time.ts';
import { reading, readJson, wordsOf } from './admin/operator.ts';
import { readBody } from './body.ts';
import type { BodyLimits } from './body.ts';
import type { Parameter } from './operations/operation.ts';
import { pattern } from './operations/shapes.ts';
import { readQuery } from './published/query.ts';
import { sendJson } from './respond.ts';
import { peerCertificate } from './sender.ts';

export interface AgencyAccess {
  readonly pull: PullDesk;
  readonly limits: BodyLimits;
  readonly now: () => Date;
}

const DOSSIERS = 10;

/** `limit` from 1 to 100, `wait` from 0 to 60. */
export const fetchParameters: readonly Parameter[] = [
  { in: 'query', name: 'limit', vi: 'Nhiều nhất bao nhiêu hồ sơ (mặc định 10)', en: 'At most so many dossiers (10 unless said)', schema: pattern('^([1-9]\\d?|100)$'), example: '10' },
  { in: 'query', name: 'wait', vi: 'Đợi bao nhiêu giây khi chưa có hồ sơ (mặc định 0)', en: 'Seconds to wait while there is none (0 unless said)', schema: pattern('^([1-5]?\\d|60)$'), example: '0' },
];

export function fetchDossiers(access: AgencyAccess): RequestHandler {
  return async (request, response) => {
    // HEAD would lease dossiers that it cannot carry.
    if (request.method === 'HEAD') throw new Problem('METHOD', { method: 'HEAD', allowed: 'GET' });
    const fetcher = identifyAgency(access, request);
    const query = readQuery(request, fetchParameters);
    const { until, dossiers } = await access.pull.lease(fetcher, Number(query.get('limit') ?? DOSSIERS), 1000 * Number(query.get('wait') ?? 0), signalOf(response));
    sendJson(response, 200, { leasedUntil: until && formatInstant(until), dossiers: dossiers.map(describe) });
  };
}

export function acknowledgeDossier(access: AgencyAccess): RequestHandler {
  return async (request, response) => {
    const at = await access.pull.acknowledge(identifyAgency(access, request), readDigest(request));
    sendJson(response, 200, { state: 'delivered', deliveredAt: formatInstant(at) });
  };
}

export function rejectDossier(access: AgencyAccess): RequestHandler {
  return async (request, response) => {
    const fetcher = identifyAgency(access, request);
    const digest = readDigest(request);
    const json = await readJson(access, request, response);
    const reason = reading(json, ['code', 'reason'], () => `${textOf(memberOf(json, 'code'), /^[\w.-]{1,50}$/)}: ${wordsOf(json, 'reason')}`.slice(0, 500).toWellFormed());
    const { isDead } = await access.pull.reject(fetcher, digest, reason);
    sendJson(response, 200, { state: isDead ? 'dead' : 'waiting' });
  };
}

/** 202 for what is new, 200 for what came before; what is made of a message is told, also that it is not believed. */
export function bringMessage(access: AgencyAccess): RequestHandler {
  return async (request, response) => {
    const fetcher = identifyAgency(access, request);
    const view = await access.pull.take(fetcher, await readBody(request, response, access.limits));
    sendJson(response, view.verdict === 'repeated' ? 200 : 202, view);
  };
}

/** Being in the file does not outlive the certificate: TLS here proves the key alone. */
function identifyAgency({ pull, now }: AgencyAccess, request: Request): Fetcher {
  const peer = peerCertificate(request);
  const fetcher = pull.fetcherOf(peer?.fingerprint ?? '');
  if (peer === undefined || fetcher === undefined) throw new Problem('AGENCY_UNKNOWN');
  const { validFrom, validUntil } = peer;
  const at = now();
  if (!(validFrom <= at && at <= validUntil)) throw new Problem('AGENCY_CERTIFICATE_TIME', { from: formatInstant(validFrom), until: formatInstant(validUntil) });
  return fetcher;
}

function readDigest(request: Request): string {
  const digest = String(request.params['digest']).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new Problem('DIGEST_FORMAT');
  return digest;
}

/** Aborted when the caller is gone. */
function signalOf(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => { gone.abort(); });
  return gone.signal;
}

function describe({ id, digest, dossierNumber, transactionCode, attempts, supplements, receipt, body }: HandOver): Record<string, unknown> {
  return { id, sha256: digest, number: dossierNumber, transactionCode, attempts, supplements, receipt: receipt.toString('base64'), dossier: body.toString('base64') };
}
