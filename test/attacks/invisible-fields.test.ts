// Attack: fields that look empty or padded to nobody's eye – a no-break space, a byte order mark, a line separator. White space to JavaScript, but
// not to XML: an agency of that kind was none to the gateway, so that nobody asked whether the certificate is registered (form 04).
import { afterAll, describe, expect, it } from '@jest/globals';

import { registrationQuestion } from '../../src/intake/registration.ts';
import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const invisible = ['\u00a0', '\ufeff', '\u2028', '\u3000'];
const dossierWith = (field: string, change: (text: string) => string): string =>
  stage.dossier({ envelope: (xml) => xml.replace(new RegExp(`<${field}>([^<]*)</${field}>`), (_whole, text: string) => `<${field}>${change(text)}</${field}>`) });
const judged = (field: string, change: (text: string) => string): string => stage.judged(dossierWith(field, change));

describe('invisible characters', () => {
  it('live: white space of XML around a code changes nothing, and the register is asked', () => {
    const xml = dossierWith('CoQuanQuanLy', (text) => `\n ${text}\t`);
    expect(stage.judged(xml)).toBe('accepted');
    expect(registrationQuestion(stage.verdict(xml))).toMatchObject({ agency: '00101' });
  });

  it.each(invisible)('are no agency and no procedure (%j)', (character) => {
    expect(judged('CoQuanQuanLy', () => character)).toBe('AGENCY_UNKNOWN');
    expect(judged('MaThuTuc', () => character)).toBe('PROCEDURE_UNKNOWN');
  });

  it.each(invisible)('are not taken off what other readers read with them (%j)', (character) => {
    expect(judged('CoQuanQuanLy', (text) => `${text}${character}`)).toBe('AGENCY_UNKNOWN');
    expect(judged('MaThuTuc', (text) => `${character}${text}`)).toBe('PROCEDURE_UNKNOWN');
    expect(judged('MaIVAN', (text) => `${character}${text}`)).toBe('IVAN_UNKNOWN');
  });
});
