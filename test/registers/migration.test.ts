// Guarantee: the tables that the registers needed more can be taken back and made again, and of several ends of a certificate's entry the earliest stays.
import { expect, it } from '@jest/globals';

import { openDatabase } from '../../src/store/database.ts';
import { endUnitCertificate, endUnitCertificates, registerUnitCertificate } from '../../src/store/unit-certificates.ts';
import { UnitTiesAndLateness1795824000000 } from '../../migrations/1795824000000-unit-ties-and-lateness.ts';
import { cloneDatabase } from '../support/site.ts';

const hour = 3_600_000;

it('is taken back with the ends that counted, and made again', async () => {
  const url = await cloneDatabase();
  const now = new Date('2026-11-20T09:00:00.000Z');
  const entry = { agency: '00101', unitCode: 'TS1', fingerprint: 'a'.repeat(64), serialNumber: '1', subject: 'x', validFrom: now, validUntil: new Date(now.getTime() + 100 * hour) };
  const database = await openDatabase({ url, connections: 2 });
  const id = await registerUnitCertificate(database, entry, now);
  await database.transaction((query) => endUnitCertificate(query, id, new Date(now.getTime() + 50 * hour), now));
  await endUnitCertificates(database, entry, new Date(now.getTime() + hour));
  const ends = (): Promise<{ at: Date }[]> => database.query<{ at: Date }>('SELECT ended_at AS at FROM unit_certificate_end ORDER BY 1');
  expect(await ends()).toHaveLength(2);
  const runner = database.source.createQueryRunner();
  const migration = new UnitTiesAndLateness1795824000000();
  await migration.down(runner);
  expect(await ends()).toEqual([{ at: new Date(now.getTime() + hour) }]);
  await expect(database.query('DELETE FROM unit_certificate_end')).rejects.toThrow(/never changed/);
  await migration.up(runner);
  await runner.release();
  await expect(database.query('DELETE FROM unit_certificate_end')).rejects.toThrow(/never changed/);
  expect(await database.query('SELECT count(*)::int AS n FROM ivan_registration_late')).toEqual([{ n: 0 }]);
  await database.close();
});
