// Announced maintenance of I-VANs: an I-VAN enters and sees its own, an operator any; with the year's downtime against its budget (law-and-process C12, I6).
import type { Request, RequestHandler } from 'express';

import { Problem } from '../errors/outcomes.ts';
import { announceMaintenance, maintenanceOf } from '../outages/maintenance.ts';
import type { Announcement } from '../outages/maintenance.ts';
import type { Downtime } from '../outages/downtime.ts';
import { memberOf, optionalMemberOf, textOf } from '../standard/json.ts';
import type { JsonValue } from '../standard/json.ts';
import { formatInstant, parseInstant, yearOf } from '../standard/time.ts';
import { checkOperator, readFilters, readJson, reading, wordsOf } from './admin/operator.ts';
import type { Gateway } from './app.ts';
import { sendJson } from './respond.ts';
import { identifyIvan, peerCertificate } from './sender.ts';

const HOUR_MS = 3_600_000;

/** By the name of the call in the interface description. */
export function maintenanceHandlers(gateway: Gateway): Readonly<Record<'announceMaintenance' | 'listMaintenance', RequestHandler>> {
  const { database, standard } = gateway;
  return {
    announceMaintenance: async (request, response) => {
      readFilters(request, []);
      const who = await identify(gateway, request);
      const announced = readAnnouncement(await readJson(gateway, request, response), who.ivan);
      if (!standard.ivans.has(announced.ivanCode)) throw new Problem('FIELD_INVALID', { reason: 'ivan' });
      const { id, downtime } = await announceMaintenance(database, standard, announced, who.name, gateway.now());
      sendJson(response, 201, { id, ivan: announced.ivanCode, from: formatInstant(announced.startsAt), until: formatInstant(announced.endsAt), downtime: describe(downtime) });
    },
    listMaintenance: async (request, response) => {
      const { ivan } = await identify(gateway, request);
      const now = gateway.now();
      const { year = String(yearOf(now)) } = readFilters(request, ['year']);
      if (!/^20\d\d$/.test(year)) throw new Problem('FIELD_INVALID', { reason: '?year' });
      const { windows, downtime } = await maintenanceOf(database.query, standard, Number(year), ivan, now);
      sendJson(response, 200, {
        year: Number(year),
        windows: windows.map(({ id, ivanCode, startsAt, endsAt, reason, mitigation, announcedAt }) => ({ id, ivan: ivanCode, from: formatInstant(startsAt), until: formatInstant(endsAt), reason, mitigation, announcedAt: formatInstant(announcedAt) })),
        downtime: [...downtime].map(([code, one]) => ({ ivan: code, ...describe(one) })),
      });
    },
  };
}

/** An I-VAN is held to its own; an operator, who has no I-VAN, sees all. */
async function identify(gateway: Gateway, request: Request): Promise<{ readonly name: string; readonly ivan: string | undefined }> {
  if (gateway.operators.has(peerCertificate(request)?.fingerprint ?? '')) return { name: checkOperator(gateway, request), ivan: undefined };
  const found = await identifyIvan(request, gateway.database.query, gateway.now());
  if (found === undefined) throw new Problem('OPERATOR_UNKNOWN');
  return { name: `ivan ${found.sender.code}`, ivan: found.sender.code };
}

function readAnnouncement(json: JsonValue, own: string | undefined): Announcement {
  return reading(json, ['ivan', 'from', 'until', 'reason', 'mitigation'], () => {
    const given = optionalMemberOf(json, 'ivan');
    const ivanCode = given === undefined ? own : textOf(given, /^\d{5}$/);
    if (ivanCode === undefined || (own !== undefined && ivanCode !== own)) throw new Error(`${json.at}/ivan: whose maintenance it is`);
    const instant = (name: string): Date => {
      const at = parseInstant(textOf(memberOf(json, name)));
      if (at === undefined) throw new Error(`${json.at}/${name}: not an instant like 2026-11-23T08:00:00.000+07:00`);
      return at;
    };
    return { ivanCode, startsAt: instant('from'), endsAt: instant('until'), reason: wordsOf(json, 'reason'), mitigation: wordsOf(json, 'mitigation') };
  });
}

function describe({ budgetMs, spentMs, pastMs, isExceeded }: Downtime): Readonly<Record<'budgetHours' | 'spentHours' | 'pastHours' | 'remainingHours', number>> & { readonly isExceeded: boolean } {
  const hours = (ms: number): number => Math.round((1000 * ms) / HOUR_MS) / 1000;
  return { budgetHours: hours(budgetMs), spentHours: hours(spentMs), pastHours: hours(pastMs), remainingHours: hours(Math.max(0, budgetMs - spentMs)), isExceeded };
}
