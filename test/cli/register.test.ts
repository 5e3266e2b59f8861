// ivan register: an employer's use of an I-VAN from the sender's side, by the program alone and against the real gateway: the form made, signed by the
// unit and then by the I-VAN, sent, and the agency's notice waited for, saved and verified.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { formatDay } from '../../src/standard/time.ts';
import { trustFiles } from '../client/support.ts';
import { fingerprintOf } from '../support/site.ts';
import { openRegistrationStage } from '../support/registration-stage.ts';
import type { RegistrationStage } from '../support/registration-stage.ts';
import { ivan, temporaryFolder } from './support.ts';
import type { Run } from './support.ts';

let stage: RegistrationStage;
let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  stage = await openRegistrationStage();
  folder = await temporaryFolder();
  const { pki } = stage.site;
  for (const [name, { certificatePem, privateKeyPem }] of [['unit', pki.employer], ['ivan', stage.ivanSigner]] as const) {
    writeFileSync(at(`${name}.pem`), certificatePem);
    writeFileSync(at(`${name}.key`), privateKeyPem);
  }
  writeFileSync(at('client.pem'), pki.ivan.chainPem);
  writeFileSync(at('client.key'), pki.ivan.privateKeyPem);
  writeFileSync(at('ca.pem'), pki.root.certificatePem);
  writeFileSync(at('trust.pem'), trustFiles(pki).map(([, text]) => text).join('\n'));
});

afterAll(() => stage.stop());

const line = (): readonly string[] => ['--url', stage.site.gateway.url, '--ca', at('ca.pem'), '--cert', at('client.pem'), '--key', at('client.key'), '--trust', at('trust.pem')];
const json = ({ out }: Run): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

function make(form: string, unitCode: string, out: string, ...more: readonly string[]): Promise<Run> {
  return ivan(['register', 'make', '--form', form, '--ivan', '00040', '--ivan-name', 'I-VAN (thử nghiệm)', '--unit', unitCode, '--unit-name', 'CÔNG TY & con (THỬ NGHIỆM)', '--tax-code', '0101300842', '--email', 'baohiem@vidu.vn', '--agency', '00101', '--from', formatDay(stage.now()), '--out', at(out), ...more]);
}

/** Made, signed by both: the name of the file to send. */
async function signedForm(form: string, unitCode: string, name: string, ...more: readonly string[]): Promise<string> {
  expect(await make(form, unitCode, `${name}.xml`, ...more)).toMatchObject({ exitCode: 0, err: '' });
  expect((await ivan(['register', 'sign', at(`${name}.xml`), '--key', at('unit.key'), '--cert', at('unit.pem')])).exitCode).toBe(0);
  expect((await ivan(['register', 'sign', at(`${name}.signed.xml`), '--as-ivan', '--key', at('ivan.key'), '--cert', at('ivan.pem'), '--out', at(`${name}.sent.xml`)])).exitCode).toBe(0);
  return at(`${name}.sent.xml`);
}

/** The operator decides while the program waits. */
function deciding(unitCode: string, body: object): { readonly sleep: () => Promise<void>; readonly waits: () => number } {
  let waits = 0;
  return {
    waits: () => waits,
    sleep: async () => {
      waits += 1;
      const [open] = await stage.forms(`unit=${unitCode}&state=received`);
      if (open !== undefined && waits === 2) await stage.operator.post(`registrations/${String(open['id'])}/decision`, body);
    },
  };
}

describe('ivan register', () => {
  it('makes form 04, has both sign it, sends it, and waits for the notice, which it verifies and saves', async () => {
    const unitCode = stage.newUnit();
    const file = await signedForm('04-IVAN', unitCode, 'dang-ky', '--certificate', at('unit.pem'), '--procedures', '600;601', '--telephone', '0240000000');
    const { sleep, waits } = deciding(unitCode, { decision: 'accept', unitGrounds: 'Công văn xác nhận' });
    const run = await ivan(['register', 'submit', file, ...line(), '--follow', '--json'], { sleep });
    expect([run.exitCode, run.err]).toEqual([0, expect.stringContaining('Cổng đã nhận, chờ cơ quan BHXH tiếp nhận')]);
    expect(json(run)).toMatchObject({
      outcome: 'received', resent: false, verified: true, saved: at('dang-ky.sent.receipt.xml'), state: 'accepted', noticeVerified: true, noticeSaved: at('dang-ky.sent.notice.xml'),
      notice: { kind: 'CHAP_NHAN', decision: { form: '04-IVAN', ivanCode: '00040', missing: [] } },
    });
    expect(waits()).toBe(2);
    const rendered = await ivan(['render', at('dang-ky.sent.notice.xml'), '--trust', at('trust.pem'), '--html', at('notice.html')]);
    expect([rendered.exitCode, readFileSync(at('notice.html'), 'utf8').includes('Được ký từ')]).toEqual([0, true]);
    const verified = await ivan(['verify', at('dang-ky.sent.notice.xml'), '--trust', at('trust.pem'), '--for', file, '--fingerprint', fingerprintOf(stage.site.pki.gatewaySigning.certificatePem)]);
    expect(verified).toMatchObject({ exitCode: 0, out: expect.stringMatching(/Cơ quan BHXH chấp nhận mẫu này\.[\s\S]*04-IVAN Đăng ký sử dụng dịch vụ I-VAN[\s\S]*I-VAN chuyển cho đơn vị trước/) });
    const again = await ivan(['register', 'submit', file, ...line()]);
    expect(again).toMatchObject({ exitCode: 0, out: expect.stringContaining('Cổng đã có mẫu này từ trước') });
    expect((await ivan(['register', 'status', file, ...line(), '--json'])).exitCode).toBe(0);
    expect((await stage.operator.get(`uses?unit=${unitCode}`)).json['uses']).toHaveLength(1);

    const stop = await signedForm('06-IVAN', unitCode, 'ngung', '--reason', 'Chuyển sang nộp trực tiếp');
    const refusing = deciding(unitCode, { decision: 'refuse', reason: 'Còn hồ sơ chưa giải quyết' });
    const stopped = await ivan(['register', 'submit', stop, ...line(), '--follow'], { sleep: refusing.sleep });
    expect(stopped).toMatchObject({ exitCode: 1, out: expect.stringMatching(/không chấp nhận mẫu này[\s\S]*Còn hồ sơ chưa giải quyết/) });
  });

  it('says where a form stands that is not decided yet, and tells of a refusal on reception', async () => {
    const unitCode = stage.newUnit();
    const file = await signedForm('04-IVAN', unitCode, 'cho', '--certificate', at('unit.pem'));
    expect((await ivan(['register', 'submit', file, ...line()])).exitCode).toBe(0);
    const status = await ivan(['register', 'status', file, ...line(), '--json']);
    expect([status.exitCode, json(status)]).toEqual([2, expect.objectContaining({ state: 'received', decisionDueAt: expect.any(String) })]);
    const change = await signedForm('05-IVAN', stage.newUnit(), 'sua', '--change', 'Thay chứng thư số', '--certificate', at('unit.pem'));
    const refused = await ivan(['register', 'submit', change, ...line(), '--follow', '--json']);
    expect([refused.exitCode, json(refused)]).toEqual([1, expect.objectContaining({ outcome: 'refused', verified: true, saved: at('sua.sent.refusal.xml') })]);
    expect((await ivan(['register', 'status', change, ...line(), '--json'])).exitCode).toBe(1);
    const stranger = await ivan(['register', 'submit', file, '--url', stage.site.gateway.url, '--ca', at('ca.pem'), '--json']);
    expect([stranger.exitCode, json(stranger)]).toEqual([1, expect.objectContaining({ error: expect.objectContaining({ code: 'IVAN_REQUIRED' }) })]);
  });

  it('waits through a gateway that is away', async () => {
    const file = await signedForm('04-IVAN', stage.newUnit(), 'vang', '--certificate', at('unit.pem'));
    const stop = new AbortController();
    let waits = 0;
    const away = ['--url', 'https://127.0.0.1:9', '--ca', at('ca.pem'), '--cert', at('client.pem'), '--key', at('client.key')];
    const run = await ivan(['register', 'status', file, ...away, '--follow', '--json'], { signal: stop.signal, sleep: () => { waits += 1; if (waits === 9) stop.abort(); return Promise.resolve(); } });
    expect([run.exitCode, json(run), waits]).toEqual([2, expect.objectContaining({ error: expect.objectContaining({ code: 'STOPPED' }) }), 9]);
  });

  it.each([
    ['an I-VAN that signs before the unit', ['register', 'sign', 'unsigned.xml', '--as-ivan', '--key', 'ivan.key', '--cert', 'ivan.pem'], 'UNIT_UNSIGNED'],
    ['form 06 without a reason', ['register', 'make', '--form', '06-IVAN'], 'USAGE'],
    ['form 05 without what changes', ['register', 'make', '--form', '05-IVAN'], 'USAGE'],
    ['form 04 without a certificate', ['register', 'make', '--form', '04-IVAN'], 'USAGE'],
  ])('%s is wrong usage', async (_what, words, code) => {
    await make('04-IVAN', 'TS1', 'unsigned.xml', '--certificate', at('unit.pem'));
    const isMaking = words.includes('make');
    const run = isMaking ? await make(words[3] ?? '', 'TS1', `${words[3] ?? ''}.xml`, '--json') : await ivan([...words.map((word) => (/\.(?:xml|key|pem)$/.test(word) ? at(word) : word)), '--json']);
    expect([run.exitCode, json(run)]).toEqual([3, expect.objectContaining({ error: expect.objectContaining({ code }) })]);
  });

  it('explains itself in Vietnamese first', async () => {
    const { exitCode, out } = await ivan(['register', '--help']);
    expect([exitCode, out]).toEqual([0, expect.stringMatching(/đăng ký, sửa đổi, ngừng sử dụng dịch vụ I-VAN/)]);
    expect((await ivan(['register', 'make', '--help'])).out).toMatch(/mã đơn vị tại cơ quan BHXH \/\s+unit code at\s+the agency/);
  });
});
