// Attack: noise in the base64 of a file, which some decoders pass over and others stop at: the gateway judges one file and the agency opens another
// (RFC 4648 §3.3, §12.1: "could be used as a covert channel", and as a way past checks).
import { afterAll, describe, expect, it } from '@jest/globals';

import { openStage } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const noisy = (write: (base64: string) => string): string => stage.judged(stage.dossier({ envelope: (xml) => xml.replace(/(<NoiDungFile>)([^<]*)/, (_all, open: string, base64: string) => open + write(base64)) }));
const middle = (noise: string) => (base64: string): string => base64.slice(0, 40) + noise + base64.slice(40);
/** A second file after the first one's padding. */
const behind = (base64: string): string => `${base64}${Buffer.from('<D02-TS/>').toString('base64')}`;
const padded = (base64: string): string => (base64.endsWith('=') ? base64 : `${base64}AA==`);

describe('the base64 of a file', () => {
  it('lives: as it is, and in lines, it is accepted; Node alone would take noise for nothing', () => {
    expect([noisy((base64) => base64), noisy((base64) => base64.replace(/.{76}/g, '$&\r\n'))]).toEqual(['accepted', 'accepted']);
    expect(Buffer.from('TWFu!TW=Fu', 'base64').toString()).toMatch(/^Man/);
  });

  it.each<[string, (base64: string) => string]>([
    ['an exclamation mark', middle('!')], ['a full stop', middle('.')], ['padding in the middle', middle('====')], ['a zero-width space', middle('\u200b')], ['a form feed’s picture', middle('\u240c')],
    ['letters of URLs', middle('-_-_')], ['another file behind its padding', (base64) => behind(padded(base64))], ['padding too much', (base64) => `${base64}====`], ['one letter too much', (base64) => `${base64}A`],
    ['a data URL before it', (base64) => `data:text/xml;base64,${base64}`], ['PEM lines around it', (base64) => `-----BEGIN X-----${base64}-----END X-----`], ['a name of an entity', middle('&lt;')],
  ])('with %s is refused', (_what, write) => {
    expect(noisy(write)).toMatch(/FILE_CONTENT_BASE64/);
  });

  it('with an element or a second text inside is not read as the file', () => {
    expect(noisy(middle('<x/>'))).not.toMatch(/^accepted/);
    expect(noisy(middle('<NoiDungFile>AAAA</NoiDungFile>'))).not.toMatch(/^accepted/);
  });

  it('with a comment or CDATA inside is one text', () => {
    expect([noisy(middle('<!-- AAAA -->')), noisy((base64) => `<![CDATA[${base64.slice(0, 8)}]]>${base64.slice(8)}`)]).toEqual(['accepted', 'accepted']);
  });

  it('of a length that DoDaiFile does not say, in either of its meanings, is refused', () => {
    expect(noisy((base64) => base64.slice(0, -8))).toMatch(/FILE_LENGTH/);
    expect(stage.judged(stage.dossier({ variation: { lengthMeaning: 'base64' } }))).toBe('accepted');
  });
});
