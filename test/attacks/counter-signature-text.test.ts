// Attack: text and attributes in the slot of the counter-signature. Nobody signs them, no schema sees them, and the dossier is handed on with
// them: a reader of another mind finds words there that the unit never wrote.
import { afterAll, describe, expect, it } from '@jest/globals';

import { signWith } from '../support/signer.ts';
import { xadesSpec } from '../support/xades.ts';
import { attackersName, honestName, openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const slot = (inside: string, attributes = ''): string => honest.replace(/<CKy_iVan\s*\/>|<CKy_iVan><\/CKy_iVan>/, '').replace('</Hoso>', () => `<CKy_iVan${attributes}>${inside}</CKy_iVan></Hoso>`);

describe('the slot of the counter-signature', () => {
  it('lives: empty, with white space, or with what .NET writes it is accepted', () => {
    expect([slot(''), slot(' \r\n\t'), slot('', ' Id="ivan"'), slot('', ' xsi:nil="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')].map((xml) => stage.judged(xml))).toEqual(Array(4).fill('accepted'));
  });

  it.each([
    ['text', slot(attackersName)],
    ['CDATA', slot(`<![CDATA[<TenDoiTuong>${attackersName}</TenDoiTuong>]]>`)],
    ['a no-break space', slot('\u00a0')],
    ['an attribute', slot('', ` TenDoiTuong="${attackersName}"`)],
    ['an attribute of another namespace', slot('', ` x:TenDoiTuong="${attackersName}" xmlns:x="urn:x"`)],
  ])('holds no %s', (_what, xml) => {
    expect(stage.judged(xml)).toBe('SIGNATURE_FORMAT');
    expect(stage.verdict(xml).declared?.unitName).toBe(honestName);
    expect(stage.verdict(xml).signatures.map(({ role, indication }) => `${role} ${indication}`)).toContain('counter-signature TOTAL-FAILED');
  });

  it('holds a signature whose properties come before what it covers, and no other order of lies', () => {
    const { key, certificate } = stage.employer;
    const spec = { ...xadesSpec({ key, certificates: [certificate] }), slot: 'CKy_iVan' };
    const signed = (uris: readonly string[]): string => stage.judged(signWith(slot(''), { ...spec, references: uris.map((uri) => ({ uri })) }));
    expect([signed(['', '#sp']), signed(['#sp', ''])].map((outcome) => outcome.split(',')[0])).toEqual(['accepted', 'accepted']);
    expect([signed(['#sp']), signed(['#sp', '#sp'])]).toEqual(['XADES_FORMAT', 'XADES_FORMAT']);
  });
});
