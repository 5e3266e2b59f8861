// What the client builds and signs, the gateway's own judge accepts, in every shape that the field writes.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { buildD02, buildEnvelope, buildFirstRegistration } from '../../src/client/build.ts';
import { ClientError } from '../../src/client/errors.ts';
import { signDeclaration, signDocument, signDossier } from '../../src/client/sign.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { judge } from '../../src/intake/judge.ts';
import type { Sender } from '../../src/standard/dossier.ts';
import { createSchemas } from '../../src/standard/schema-folder.ts';
import { loadStandard } from '../../src/standard/tables.ts';
import type { Rulebook } from '../../src/standard/validate.ts';
import { declarationXml } from '../support/first-registrations.ts';
import { itWith } from '../support/tools.ts';
import { createWorld, dossierOf, employee, envelopeFacts } from './support.ts';
import type { World } from './support.ts';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let world: World;
let rulebook: Rulebook;

beforeAll(async () => {
  world = await createWorld();
  rulebook = { standard: loadStandard(), schemas: createSchemas(), trust: world.trust };
});

const direct: Sender = { kind: 'direct' };

function codes(bytes: Buffer, sender: Sender = direct): readonly string[] {
  const verdict = judge({ bytes, sender, receivedAt: world.now }, rulebook);
  return [verdict.outcome, ...verdict.findings.map(({ code }) => code)];
}

describe('a dossier built and signed by the client is accepted', () => {
  const lengths = ['decoded', 'base64'] as const;
  const flags = [false, true];
  const shapes = lengths.flatMap((lengthMeaning) => flags.flatMap((indent) => flags.map((byteOrderMark) => ({ lengthMeaning, indent, byteOrderMark }))));
  for (const shape of shapes) {
    it(`with length ${shape.lengthMeaning}, indented ${shape.indent ? 'yes' : 'no'}, byte order mark ${shape.byteOrderMark ? 'yes' : 'no'}`, async () => {
      expect(codes(await dossierOf(world, shape, shape))).toEqual(['accepted']);
    });
  }

  it('when an I-VAN sends it, naming itself', async () => {
    const contract = { state: 'active' as const, from: new Date(0), until: new Date(world.now.getTime() + 1000) };
    const dossier = await dossierOf(world, { ivan: { code: '00040', name: 'Công ty THái Sơn' } });
    expect(codes(dossier, { kind: 'ivan', code: '00040', contract })).toEqual(['accepted']);
  });

  it('when it is the first registration of a unit, through an I-VAN or directly', async () => {
    const facts = {
      agency: { code: '00101', name: 'BHXH cơ sở Ba Đình' }, filedOn: '14/05/2026', resultBy: '1',
      unit: { name: 'Công ty Sao Khuê', taxCode: '0101300842', telephone: '0240000000', email: 'baohiem@vidu.vn', address: 'Số 1, phố Mẫu, Hà Nội' },
    };
    const content = await signDeclaration(Buffer.from(declarationXml()), world.employer, world.now);
    const files = [{ form: 'TK3-TS', description: 'Tờ khai đơn vị', name: 'TK3-TS.xml', extension: '.xml', content }];
    expect(codes(await signDossier(buildFirstRegistration({ ...facts, files }), world.employer, world.now))).toEqual(['accepted']);
    const contract = { state: 'active' as const, from: new Date(0), until: new Date(world.now.getTime() + 1000) };
    const throughIvan = buildFirstRegistration({ ...facts, files, ivan: { code: '00040', name: 'THAISON' }, indent: true, lengthMeaning: 'base64' });
    expect(codes(await signDossier(throughIvan, world.employer, world.now), { kind: 'ivan', code: '00040', contract })).toEqual(['accepted']);
    const order = [...throughIvan.toString().matchAll(/^ {4}<(\w+)/gm)].map(([, name]) => name);
    expect(order).toEqual('TenCoQuan MaCoQuan LoaiDoiTuong TenDoiTuong MaSoThue DienThoai Email NguoiLienHe DiaChi DiaChiLienHe DienThoaiLienHe NgayLap NgayDangKy MaIVan TenIVan PTNhanKetQua ToKhais'.split(' '));
  });

  it('when the element for the signature was missing and had to be made', async () => {
    const list = Buffer.from(buildD02({ employees: [employee], indent: true }).toString().replace(/ *<Cky \/>\n/, ''));
    const envelope = (declaration: Buffer): Buffer => Buffer.from(buildEnvelope(envelopeFacts(world.now, declaration)).toString().replace('<CKy_Dvi />', ''));
    expect(codes(await signDossier(envelope(await signDeclaration(list, world.employer, world.now)), world.employer, world.now))).toEqual(['accepted']);
  });

  itWith('xmlsec1', 'and the signatures hold for another implementation', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ivan-'));
    const anchor = join(folder, 'root.pem');
    const subordinate = join(folder, 'subordinate.pem');
    writeFileSync(anchor, world.pki.root.certificatePem);
    writeFileSync(subordinate, world.pki.subordinate.certificatePem);
    for (const indent of flags) {
      const file = join(folder, 'dossier.xml');
      writeFileSync(file, await dossierOf(world, { indent }));
      const run = spawnSync('xmlsec1', ['--verify', '--enabled-key-data', 'x509', '--trusted-pem', anchor, '--untrusted-pem', subordinate, file]);
      expect(run.stderr.toString() + run.stdout.toString()).toMatch(/OK/);
    }
  });
});

describe('the labour list', () => {
  it('has all 44 elements in the order of 2023, empty where nothing is said', () => {
    const [row = ''] = /<LaoDong>.*<\/LaoDong>/.exec(buildD02({ employees: [employee] }).toString()) ?? [];
    const names = [...row.matchAll(/<(\w+)(?: \/)?>/g)].map(([, name]) => name).slice(1);
    expect(names).toHaveLength(44);
    expect([names[0], names[14], names[27], names[43]]).toEqual(['STT', 'PA', 'GioiTinh', 'Hdld_khac_denngay']);
    expect(row).toContain('<Ghichu>HĐLĐ số 12 &amp; phụ lục &lt;1&gt;</Ghichu>');
  });

  it('refuses text that XML cannot carry instead of altering it', () => {
    expect(() => buildD02({ employees: [{ ...employee, note: 'a\u0001b' }] })).toThrow(Refusal);
    expect(() => buildD02({ employees: [{ ...employee, note: '\ud800' }] })).toThrow('VALUE_INVALID');
  });
});

describe('signing', () => {
  it('changes nothing but the inside of the signature’s element', async () => {
    const unsigned = buildD02({ employees: [employee] });
    const signed = await signDeclaration(unsigned, world.employer, world.now);
    expect(signed.toString().replace(/<Cky >.*<\/Cky>/, '<Cky />')).toBe(unsigned.toString());
  });

  it('never signs twice', async () => {
    const dossier = await dossierOf(world);
    const signing = signDossier(dossier, world.employer, world.now);
    await expect(signing).rejects.toMatchObject({ code: 'ALREADY_SIGNED' });
    await expect(signing).rejects.toBeInstanceOf(ClientError);
  });

  it('tells an envelope from a form and refuses what is neither', async () => {
    const signed = await signDocument(buildD02({ employees: [employee] }), world.employer, world.now);
    expect(signed.kind).toBe('declaration');
    await expect(signDocument(Buffer.from('<html/>'), world.employer, world.now)).rejects.toMatchObject({ code: 'FORM_UNKNOWN' });
  });
});
