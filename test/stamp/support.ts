// A gateway with a time-stamp authority beside it, both by a clock that the test turns.
import { issueCertificate } from '../../src/development/certificates.ts';
import type { Credential } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { startTimeStampServer } from '../../src/development/time-stamp-server.ts';
import type { TimeStampServer } from '../../src/development/time-stamp-server.ts';
import type { Environment } from '../../src/config.ts';
import { loadPki } from '../support/pki.ts';
import { cloneDatabase, startSite } from '../support/site.ts';
import type { Site } from '../support/site.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface Clock {
  readonly now: () => Date;
  turn(ms: number): void;
}

export function createClock(): Clock {
  let ahead = 0;
  return { now: () => new Date(Date.now() + ahead), turn: (ms) => { ahead += ms; } };
}

export interface StampedSite extends Site {
  readonly clock: Clock;
  readonly tsa: TimeStampServer;
}

export async function startStampedSite(environment: Environment = {}, databaseUrl?: string): Promise<StampedSite> {
  const pki = await loadPki();
  const clock = createClock();
  const tsa = await startTimeStampServer({ credential: pki.timeStamp, now: clock.now });
  const site = await startSite({ databaseUrl: databaseUrl ?? (await cloneDatabase()), environment: { GATEWAY_STAMP_URL: tsa.url, ...environment }, world: { now: clock.now } });
  return {
    ...site, clock, tsa,
    stop: async () => {
      await site.stop();
      await tsa.stop();
    },
  };
}

/** An authority's certificate that lasts so many days from today. */
export function timeStampCredential({ subordinate }: DevelopmentPki, days: number, changes: Partial<Parameters<typeof issueCertificate>[0]> = {}): Credential {
  return issueCertificate({ subject: { C: 'VN', CN: `TSA ${days}` }, issuer: subordinate, keyUsage: ['digitalSignature'], extendedKeyUsage: ['timeStamping'], notBefore: daysAfter(new Date(), -1), notAfter: daysAfter(new Date(), days), ...changes });
}
