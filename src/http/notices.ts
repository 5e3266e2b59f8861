// What the gateway issued on the agency's messages: by the digest of the dossier, which is the permission as for the receipt; or, where it is of no
// dossier, to the unit that it is for, known by its registered client certificate. Beside each stands the agency's own signed message.
import type { Request, Response } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { refuseErased } from '../evidence/erase.ts';
import { formatInstant } from '../standard/time.ts';
import { findNotice, findUnitNotice, listNotices } from '../store/notices.ts';
import { reportOpened } from '../store/notice-reports.ts';
import type { NoticeBodies, UnitNotice } from '../store/notices.ts';
import { findUnitsOf } from '../store/unit-certificates.ts';
import type { Gateway } from './app.ts';
import { sendJson, sendXml } from './respond.ts';
import { untrusted } from './feed-caller.ts';
import { peerCertificate } from './sender.ts';
import { findOrDeny, isErased, readDigest } from './status.ts';

type Handler = (request: Request, response: Response) => Promise<void>;

export function dossierNotices(gateway: Gateway): Handler {
  return async (request, response) => {
    const found = await findOrDeny(gateway, request, response);
    if (found === undefined) return;
    const { digest } = found;
    const notices = (await listNotices(gateway.database.query, digest)).map(({ name, number, kind, issuedAt, isOfAgency }) => {
      const document = `/v1/dossiers/${digest}/notices/${name}`;
      return { number, kind, issuedAt: formatInstant(issuedAt), document, agencyMessage: isOfAgency ? `${document}/agency` : null };
    });
    sendJson(response, 200, { notices });
  };
}

/** The notice, or the agency's message that it was issued on. */
export function dossierNotice(gateway: Gateway, which: keyof NoticeBodies): Handler {
  return async (request, response) => {
    const number = String(request.params['number']);
    const found = /^(?:\d{1,9}|xl\d{1,4})$/.test(number) ? await findNotice(gateway.database.query, readDigest(request), number) : undefined;
    const notice = found?.[which] ?? unknown(number);
    if (isErased(notice)) await refuseErased(gateway.database.query, readDigest(request));
    sendXml(response, 200, notice);
  };
}

export function unitNotice(gateway: Gateway, which: keyof NoticeBodies): Handler {
  return async (request, response) => {
    const notice = await findOwnNotice(gateway, request);
    const body = notice[which] ?? unknown(notice.id);
    // Only a GET opens it. The agency is told once, however often it is fetched.
    if (request.method === 'GET' && notice.backend !== null) await reportOpened(gateway.database.query, notice.id, notice.backend, gateway.now());
    sendXml(response, 200, body);
  };
}

/** Another unit's is as good as none. */
async function findOwnNotice({ database: { query }, checkCertificate, now }: Gateway, request: Request): Promise<UnitNotice> {
  const peer = peerCertificate(request);
  const units = peer === undefined ? [] : await findUnitsOf(query, peer.fingerprint, now());
  if (peer === undefined || units.length === 0) throw new Problem('UNIT_REQUIRED');
  await checkCertificate(peer.certificate).catch(untrusted);
  const id = String(request.params['id']);
  const notice = /^\d{1,18}$/.test(id) ? await findUnitNotice(query, id) : undefined;
  const isOwn = units.some(({ agency, unitCode }) => notice?.agency === agency && notice.unitCode === unitCode);
  return notice !== undefined && isOwn ? notice : unknown(id);
}

function unknown(which: string): never {
  throw new Problem('NOTICE_UNKNOWN', { reason: which });
}
