// Attack: the second shape of `Hoso` is used to get past what the first is judged by: a body that is both, another dossier inside, the signature where
// only one of the two shapes would be read, content that nobody signed, somebody else's tax code.
import { afterAll, describe, expect, it } from '@jest/globals';

import { issueCertificate } from '../../src/development/certificates.ts';
import { daysAfter } from '../../src/development/pki.ts';
import { declarationXml, firstRegistrationXml } from '../support/first-registrations.ts';
import type { Registration } from '../support/first-registrations.ts';
import { employerLike } from '../support/pki.ts';
import type { SignatureSpec } from '../support/signer.ts';
import { identityOf, openStage, partOf, signWith, swap } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const { employer: identity } = stage;
const declaration = signWith(declarationXml(), { identity, slot: 'Cky' });
const plain = (registration: Registration = {}): string => firstRegistrationXml(declaration, registration);
const signed = (xml: string, spec: Partial<SignatureSpec> = {}): string => signWith(xml, { identity, ...spec });
const honest = signed(plain());
const before = (marker: string) => (xml: string, signature: string) => swap(marker, `${signature}${marker}`)(xml);
const fileOf = (form: string, content: string): string =>
  `<FileToKhai><MaToKhai>${form}</MaToKhai><MoTaToKhai/><TenFile>${form}.xml</TenFile><LoaiFile>.xml</LoaiFile><DoDaiFile>${Buffer.byteLength(content)}</DoDaiFile><NoiDungFile>${Buffer.from(content).toString('base64')}</NoiDungFile></FileToKhai>`;

it('lives: the honest one is accepted', () => {
  expect(stage.judged(honest)).toBe('accepted');
});

describe('a signature elsewhere', () => {
  it.each([['under the root', '</Hoso>'], ['in the body', '</NoiDung>'], ['among the files', '</ToKhais>'], ['in a field', '</TenDoiTuong>']])('%s is refused', (_where, marker) => {
    expect(stage.judged(signed(plain(), { put: before(marker) }))).toMatch(/^SIGNATURE_MISPLACED/);
  });

  it('in the place of a declaration (Cky) is refused', () => {
    expect(stage.judged(signed(plain().replace('<CKy_Dvi></CKy_Dvi>', '<Cky></Cky>'), { slot: 'Cky' }))).toMatch(/^SIGNATURE_MISPLACED|^SIGNATURE_MISSING/);
  });

  it('and one in its place as well is refused, whichever is true', () => {
    expect(stage.judged(honest.replace('<NoiDung>', () => `<NoiDung>${partOf(honest, 'Signature')}`))).toMatch(/^SIGNATURE_MISPLACED/);
  });

  it('missing, of the envelope or of its declaration, is refused', () => {
    expect(stage.judged(plain())).toMatch(/^SIGNATURE_MISSING/);
    expect(stage.judged(signed(firstRegistrationXml(declarationXml())))).toBe('DECLARATION_UNSIGNED');
  });
});

describe('a body that could be read in two ways', () => {
  const dossier = stage.dossier();
  const branches = ['ThongTinIVAN', 'ThongTinDonVi', 'ThongTinHoSo'].map((name) => [name, partOf(dossier, name)] as const);

  it.each(branches)('with %s of a usual dossier as well is a usual dossier, and refused', (_name, branch) => {
    const { outcome, declared, findings } = stage.verdict(signed(plain().replace('<NoiDung>', () => `<NoiDung>${branch}`)));
    expect([outcome, declared?.kind]).toEqual(['refused', 'dossier']);
    expect(findings.map(({ code }) => code)).toContain('ELEMENT_UNKNOWN');
  });

  it('that adds the flat fields to a usual dossier is that dossier, and refused', () => {
    const flat = partOf(plain(), 'NoiDung').replace(/^<NoiDung>|<\/NoiDung>$/g, '');
    const { outcome, declared } = stage.verdict(stage.dossier({ envelope: (xml) => xml.replace('</NoiDung>', () => `${flat}</NoiDung>`) }));
    expect([outcome, declared?.kind, declared?.unitCode]).toEqual(['refused', 'dossier', 'TS12345']);
  });

  it('that is there twice, or names a field twice, is refused and believed in neither', () => {
    const twice = plain().replace('</NoiDung>', () => `</NoiDung>${partOf(plain({ taxCode: '0301519977' }), 'NoiDung')}`);
    expect([stage.judged(signed(twice)), stage.verdict(signed(twice)).declared?.taxCode]).toEqual([expect.stringContaining('ELEMENT_UNKNOWN'), '']);
    const field = plain().replace('<MaCoQuan>', '<MaCoQuan>07906</MaCoQuan><MaCoQuan>');
    expect([stage.judged(signed(field)), stage.verdict(signed(field)).declared?.agency]).toEqual([expect.stringContaining('ELEMENT_UNKNOWN'), '']);
  });

  it('added after signing breaks the signature', () => {
    expect(stage.judged(honest.replace('<MaCoQuan>00101', '<MaCoQuan>07906'))).toMatch(/^HASH_FAILURE/);
    expect(stage.judged(honest.replace('<NoiDung>', () => `<NoiDung>${branches[1]?.[1] ?? ''}`))).toMatch(/^HASH_FAILURE/);
  });
});

describe('another document in its place', () => {
  it('a usual dossier as a file inside is refused: no envelope is a declaration', () => {
    const inner = stage.dossier();
    for (const name of ['Hoso', 'Hoso-DKLanDau', 'TK3-TS', 'D02-TS']) {
      const { outcome, findings } = stage.verdict(signed(plain().replace('</ToKhais>', () => `${fileOf(name, inner)}</ToKhais>`)));
      expect([name, outcome, findings.length > 0]).toEqual([name, 'refused', true]);
    }
  });

  it('a first registration as a file of a usual dossier is refused', () => {
    const { outcome, declared } = stage.verdict(stage.dossier({ envelope: (xml) => xml.replace('</ToKhais>', () => `${fileOf('Hoso-DKLanDau', honest)}</ToKhais>`).replace('<SoLuongFile>2', '<SoLuongFile>3') }));
    expect([outcome, declared?.kind]).toEqual(['refused', 'dossier']);
  });

  it.each([['another name', (xml: string) => xml.replaceAll('Hoso', 'HosoDKLanDau')], ['a namespace', swap('<Hoso ', '<Hoso xmlns="urn:x" ')]])('a root with %s is refused before anything is believed', (_what, edit) => {
    expect(stage.judged(edit(plain()))).toBe('ENVELOPE_ROOT');
  });

  it('a form 04 of today, which has the same root, is no first registration', () => {
    const form = '<Hoso><NoiDung><ThongTinDonVi><MaSoBHXH>TS12345</MaSoBHXH></ThongTinDonVi><ThongTinDangKy/></NoiDung><CKy_Dvi></CKy_Dvi></Hoso>';
    expect(stage.verdict(signed(form))).toMatchObject({ outcome: 'refused', declared: { kind: 'dossier' } });
  });
});

describe('somebody else', () => {
  it('who signs for a tax code that is not in his certificate is refused', () => {
    const stranger = identityOf(employerLike(stage.pki, { uids: ['MST:0301519977'] }));
    expect(stage.judged(signed(plain(), { identity: stranger }))).toBe('TAX_CODE_MISMATCH');
    expect(stage.judged(signed(plain({ taxCode: '0301519977' })))).toMatch(/TAX_CODE_MISMATCH/);
  });

  it('whose certificate nobody trusts is refused', () => {
    const validity = { notBefore: daysAfter(stage.now, -1), notAfter: daysAfter(stage.now, 1) };
    const own = identityOf(issueCertificate({ subject: { CN: 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)' }, uids: ['MST:0101300842'], keyUsage: ['digitalSignature', 'nonRepudiation'], ...validity }));
    expect(stage.judged(signed(plain(), { identity: own }))).toMatch(/^NO_CERTIFICATE_CHAIN_FOUND/);
  });
});
