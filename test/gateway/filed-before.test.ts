// Guarantee: a dossier is held against what its unit filed before, whatever way it came and whoever is accepted beside it: a declaration or a batch of a
// period that stands in an accepted dossier is named with its number and time, in receipt and dry run, and refuses nothing; DECLARATION_FILED_BEFORE,
// BATCH_FILED_BEFORE.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { audit } from '../support/audited.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Edit, Variation } from '../support/dossiers.ts';
import { sampleOf } from '../support/examples.ts';
import { identityOf } from '../support/pki.ts';
import { startSite } from '../support/site.ts';
import type { Caller, Site } from '../support/site.ts';

let site: Site;
let other: Site;

/** Two gateways on one database. */
beforeAll(async () => {
  site = await startSite();
  other = await startSite({ databaseUrl: site.databaseUrl });
});

afterAll(async () => {
  try {
    await audit(site.databaseUrl);
  } finally {
    await other.stop();
    await site.stop();
  }
});

/** The same declarations in a dossier that says something else of itself. */
const said = (words: string): Edit => (xml) => xml.replace('<TenThuTuc>Báo tăng, báo giảm<', `<TenThuTuc>${words}<`);

/** A benefit list of a batch for procedure 630a. */
const benefit = (batch: string, remark: string, variation: Variation = {}): Variation => ({
  procedure: '630a',
  formXml: sampleOf('M01B-HSB').replace('<DotXetDuyet>20261101<', `<DotXetDuyet>${batch}<`).replace('<TenBenh>Viêm phổi<', `<TenBenh>${remark}<`),
  editEnvelope: (xml) => xml.replaceAll('D02-TS', 'M01B-HSB'),
  ...variation,
});

interface Filed {
  readonly status: number;
  /** Those across dossiers: code, earlier number, place. */
  readonly found: readonly (readonly [code: string, number: string | undefined])[];
  readonly number: string | undefined;
  readonly receipt: string;
}

async function file(variation: Variation, through: Caller = site.ivan): Promise<Filed> {
  return fileBytes(await signedDossier(identityOf(site.pki.employer), variation), through);
}

async function fileBytes(bytes: Buffer, through: Caller = site.ivan): Promise<Filed> {
  const { status, body } = await through.post('/v1/dossiers', bytes);
  const receipt = body.toString('utf8');
  const found = [...receipt.matchAll(/<PHATHIEN>.*?<\/PHATHIEN>/gs)].map(([text]) => text).filter((text) => /GW98[01]/.test(text));
  return {
    status,
    number: /<SO_HSO>([^<]+)<\/SO_HSO>/.exec(receipt)?.[1],
    found: found.map((text) => [/GW98[01]/.exec(text)?.[0] ?? '', /\d{5}\/\d{4}\/\d{5}/.exec(text)?.[0]] as const),
    receipt,
  };
}

describe('a declaration that the unit filed before', () => {
  it('is named with the number of the first dossier it stands in, and accepted', async () => {
    const first = await file({ mark: 'một' });
    expect([first.status, first.found]).toEqual([201, []]);
    const second = await file({ mark: 'một', editEnvelope: said('Nộp lại') });
    expect([second.status, second.found]).toEqual([201, [['GW980', first.number]]]);
    expect(second.receipt).toMatch(/tiếp nhận lúc \d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d/);
    const third = await file({ mark: 'một', period: '10/2026' });
    expect(third.found).toEqual([['GW980', first.number]]);
    expect((await file({ mark: 'hai' })).found).toEqual([]);
  });

  it('is nobody else’s matter: another unit, agency or tax code may sign the same words', async () => {
    await file({ mark: 'ba' });
    expect((await file({ mark: 'ba', unitCode: 'TS99999' })).found).toEqual([]);
    expect((await file({ mark: 'ba', agency: '00102' })).found).toEqual([]);
  });

  it('is told of by a dry run, which keeps nothing', async () => {
    await file({ mark: 'bốn' });
    const bytes = await signedDossier(identityOf(site.pki.employer), { mark: 'bốn', editEnvelope: said('Thử') });
    const tried = await site.ivan.post('/v1/dossiers?dry-run', bytes);
    expect([tried.status, tried.body.toString('utf8')]).toEqual([200, expect.stringContaining('DECLARATION_FILED_BEFORE')]);
    const anew = await signedDossier(identityOf(site.pki.employer), { mark: 'năm' });
    for (let time = 0; time < 2; time += 1) expect((await site.ivan.post('/v1/dossiers?dry-run', anew)).body.toString('utf8')).not.toContain('FILED_BEFORE');
  });

  it('does not count what was refused, and is not said of a conflict, which names the first itself', async () => {
    expect((await file({ mark: 'sáu', period: '13/2026' })).status).toBe(422);
    const bytes = await signedDossier(identityOf(site.pki.employer), { mark: 'sáu' });
    expect((await fileBytes(bytes)).found).toEqual([]);
    const conflict = await fileBytes(Buffer.concat([bytes, Buffer.from('\n')]));
    expect([conflict.status, conflict.found]).toEqual([409, []]);
    const repeated = await fileBytes(bytes);
    expect([repeated.status, repeated.found]).toEqual([200, []]);
  });
});

describe('a batch that the unit filed before', () => {
  it('is named where procedure, form, period and batch are the same', async () => {
    const first = await file(benefit('20261101', 'Ho'));
    expect([first.status, first.found]).toEqual([201, []]);
    const second = await file(benefit('20261101', 'Sốt'), site.direct);
    expect(second.status).toBe(422); // the envelope names the I-VAN
    const third = await file(benefit('20261101', 'Sốt'));
    expect([third.status, third.found]).toEqual([201, [['GW981', first.number]]]);
    expect((await file(benefit('20261102', 'Cảm'))).found).toEqual([]);
    expect((await file(benefit('20261101', 'Đau', { procedure: '630' }))).found).toEqual([]);
    expect((await file(benefit('20261101', 'Mệt', { period: '10/2026' }))).found).toEqual([]);
    expect((await file(benefit('', 'Không đợt'))).found).toEqual([]);
    expect((await file(benefit('', 'Không đợt nữa'))).found).toEqual([]);
  });

  it('is said once where the declaration is the same too', async () => {
    const first = await file(benefit('20261105', 'Ho'));
    expect((await file(benefit('20261105', 'Ho', { editEnvelope: (xml) => said('Nộp lại')(xml.replaceAll('D02-TS', 'M01B-HSB')) }))).found).toEqual([['GW980', first.number]]);
  });
});

it('of dossiers that come together, to two gateways, all but one are told of that one', async () => {
  const dossiers = await Promise.all(Array.from({ length: 24 }, (_value, index) => signedDossier(identityOf(site.pki.employer), { mark: `cùng lúc ${index % 3}`, editEnvelope: said(`Lần ${index}`) })));
  const filed = await Promise.all(dossiers.map((bytes, index) => fileBytes(bytes, index % 2 === 0 ? site.ivan : other.ivan)));
  expect(filed.map(({ status }) => status)).toEqual(dossiers.map(() => 201));
  for (const kind of [0, 1, 2]) {
    const ofKind = filed.filter((_value, index) => index % 3 === kind);
    const untold = ofKind.filter(({ found }) => found.length === 0);
    expect(untold).toHaveLength(1);
    expect(new Set(ofKind.flatMap(({ found }) => found.map(([, number]) => number)))).toEqual(new Set([untold[0]?.number]));
  }
});
