// Guarantee: a new form is an XSD and a row, a new procedure is a row, and no code: a signed dossier of theirs is judged like any other.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createDevelopmentPki } from '../../src/development/pki.ts';
import { judge } from '../../src/intake/judge.ts';
import type { Verdict } from '../../src/intake/judge.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import type { Rulebook } from '../../src/standard/validate.ts';
import { signedDossier } from '../support/dossiers.ts';
import type { Variation } from '../support/dossiers.ts';
import { identityOf, materialOf } from '../support/pki.ts';
import { copyStandard } from '../support/standard-copy.ts';

const receivedAt = new Date('2026-11-20T09:00:00+07:00');
const contract = { state: 'active', from: new Date(0), until: new Date('2100-01-01') } as const;

const about = (label: string): string => `<xs:annotation><xs:documentation>${label}</xs:documentation></xs:annotation>`;
const schema = `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified" version="1">
  <xs:element name="D99-TS">${about('A form of tomorrow.')}<xs:complexType><xs:all>
    <xs:element name="NoiDung">${about('The list.')}<xs:complexType><xs:sequence>
      <xs:element name="NguoiHuong" maxOccurs="unbounded">${about('One person.')}<xs:complexType><xs:all>
        <xs:element name="HoTen" type="RequiredText">${about('Full name.')}</xs:element>
        <xs:element name="SoTien" type="Amount">${about('Amount.')}</xs:element>
      </xs:all></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="Cky" type="SignatureSlot" minOccurs="0">${about('The signature.')}</xs:element>
  </xs:all></xs:complexType></xs:element>
  <xs:simpleType name="RequiredText">${about('Some text.')}<xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="500"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Amount">${about('Digits.')}<xs:restriction base="xs:token"><xs:pattern value="[0-9]{1,15}"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="SignatureSlot">${about('Empty.')}<xs:restriction base="xs:token"><xs:maxLength value="0"/></xs:restriction></xs:simpleType>
</xs:schema>
`;

const copy = copyStandard();
const rulebooks = new Map<string, Rulebook>();
let employer: SigningIdentity;

beforeAll(async () => {
  const pki = await createDevelopmentPki({ now: receivedAt });
  employer = identityOf(pki.employer);
  const trust = materialOf(pki);
  rulebooks.set('without', { ...copy.open(), trust });
  copy.write('schemas/D99-TS/1/D99-TS.xsd', schema);
  copy.add('forms', 'forms', {
    code: 'D99-TS', kind: 'declaration', nameVi: 'Biểu mẫu của ngày mai', nameEn: 'A form of tomorrow', basis: 'thử nghiệm',
    versions: [{ version: 1, root: 'D99-TS', from: '2026-11-01', until: null, basis: 'thử nghiệm' }],
  });
  copy.add('procedures', 'procedures', {
    code: '699', from: '2026-11-01', until: null, nameVi: 'Thủ tục của ngày mai', nameEn: 'A procedure of tomorrow', group: 'thu', requiredForms: ['D99-TS'], optionalForms: ['CT-DK'],
    workingDays: 3, workingDaysBasis: 'thử nghiệm', filedBy: ['organisation'], throughIvan: true, basis: 'thử nghiệm', source: 'thử nghiệm', confidence: 'C',
  });
  rulebooks.set('with', { ...copy.open(), trust });
});

afterAll(() => {
  for (const { schemas } of rulebooks.values()) schemas.dispose();
  copy.remove();
});

async function judged(standard: 'without' | 'with', variation: Variation = {}): Promise<Verdict> {
  const formXml = '<?xml version="1.0" encoding="utf-8"?><D99-TS><NoiDung><NguoiHuong><HoTen>NGUYỄN VĂN MỘT</HoTen><SoTien>5008000</SoTien></NguoiHuong></NoiDung><Cky /></D99-TS>';
  const editEnvelope = (xml: string): string => xml.replace('<MaToKhai>D02-TS</MaToKhai>', '<MaToKhai>D99-TS</MaToKhai>').replace('D02-TS-595.xml', 'D99.xml');
  const bytes = await signedDossier(employer, { procedure: '699', formXml, editEnvelope, ...variation });
  const rulebook = rulebooks.get(standard);
  if (rulebook === undefined) throw new Error('no such standard');
  return judge({ bytes, sender: { kind: 'ivan', code: '00040', contract }, receivedAt }, rulebook);
}

const codes = ({ findings }: Verdict): string[] => findings.map(({ code }) => code);

describe('a form and a procedure that are only data', () => {
  test('are not known before', async () => {
    expect(codes(await judged('without'))).toEqual(['PROCEDURE_UNKNOWN', 'FORM_WITHOUT_SCHEMA']);
  });

  test('are accepted without a finding, under their name, with their time limit', async () => {
    const verdict = await judged('with');
    expect([verdict.outcome, codes(verdict)]).toEqual(['accepted', []]);
    expect(verdict.outcome === 'accepted' && [verdict.dossier.procedureName, verdict.dossier.workingDays]).toEqual(['Thủ tục của ngày mai', 3]);
  });

  test('a missing element is refused where it is missing', async () => {
    const verdict = await judged('with', { editForm: (xml) => xml.replace('<SoTien>5008000</SoTien>', '') });
    expect([verdict.outcome, codes(verdict)]).toEqual(['refused', ['ELEMENT_MISSING']]);
    expect(verdict.findings[0]).toMatchObject({ place: { file: 'D99.xml', xpath: '/D99-TS/NoiDung/NguoiHuong' }, params: { element: 'NguoiHuong', expected: 'SoTien' } });
  });

  test('a value of another shape is refused', async () => {
    expect(codes(await judged('with', { editForm: (xml) => xml.replace('5008000', 'năm triệu') }))).toEqual(['VALUE_INVALID']);
  });

  test('an unsigned one, the wrong form, and the form under another procedure', async () => {
    expect(codes(await judged('with', { signForm: false }))).toEqual(['DECLARATION_UNSIGNED']);
    expect(codes(await judged('with', { editEnvelope: (xml) => xml }))).toContain('ENVELOPE_ROOT');
    expect(codes(await judged('with', { procedure: '600' }))).toEqual(['FORM_MISSING', 'FORM_NOT_ALLOWED']);
  });

  test('change the digest that stands in receipts', () => {
    expect(rulebooks.get('with')?.standard.digest).not.toBe(rulebooks.get('without')?.standard.digest);
  });
});
