// Attack: stray characters in base64 – ignored by most decoders – make many texts of one value: a receipt, a duplicate check or a blocklist
// that goes by the text is then evaded, and two decoders may read two values (RFC 4648 §12; Chalkias and Chatzigiannis, "Base64 malleability", 2022).
import { afterAll, describe, expect, it } from '@jest/globals';

import { itWith, openStage, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const honest = stage.dossier();
const written = (name: string, write: (base64: string) => string): string => honest.replace(new RegExp(`(<${name}>)([^<]*)`), (_all, open: string, base64: string) => open + write(base64));
const middle = (noise: string) => (base64: string): string => `${base64.slice(0, 12)}${noise}${base64.slice(12)}`;
/** Other bits after the last octet, which a lenient decoder drops: the same octets in another text. */
const otherLastBits = (base64: string): string => base64.replace(/.(?==*$)/, (last) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return alphabet.charAt(alphabet.indexOf(last) + 1);
});

describe('base64 of a signature', () => {
  const noises: readonly (readonly [string, (base64: string) => string])[] = [
    ['an exclamation mark', middle('!')], ['a full stop', middle('.')], ['a minus', middle('-')], ['padding in the middle', middle('=')], ['four signs of padding in the middle', middle('====')],
    ['a zero-width space', middle('\u200b')], ['a no-break space', middle('\u00a0')], ['a form of A of full width', middle('\uff21')], ['a letter ă', middle('ă')], ['a byte order mark', middle('\ufeff')],
    ['no padding', (base64) => base64.replace(/=+$/, '')], ['more padding', (base64) => `${base64}=`], ['octets after the padding', (base64) => `${base64}AAAA`],
    ['other last bits', otherLastBits], ['the letters of URLs', (base64) => base64.replaceAll('+', '-').replaceAll('/', '_').replace(/^./, '-')],
  ];

  it('lives: Node’s own decoder takes the noise for nothing', () => {
    const [, signature = ''] = /<SignatureValue>([^<]*)/.exec(honest) ?? [];
    const blind = noises.filter(([, write]) => Buffer.from(write(signature), 'base64').equals(Buffer.from(signature, 'base64')));
    expect(blind.length).toBeGreaterThan(4);
    expect(stage.judged(honest)).toBe('accepted');
  });

  it.each(noises)('in SignatureValue with %s is refused', (_what, write) => {
    expect(stage.judged(written('SignatureValue', write))).toBe('SIGNATURE_FORMAT');
  });

  it.each(noises)('in DigestValue with %s is refused', (_what, write) => {
    expect(stage.judged(written('DigestValue', write))).toBe('SIGNATURE_FORMAT');
  });

  it.each([['an exclamation mark', middle('!')], ['padding in the middle', middle('=')], ['octets after it', (base64: string) => `${base64}AAAA`]])('in X509Certificate with %s is refused', (_what, write) => {
    expect(stage.judged(written('X509Certificate', write))).toMatch(/^CERTIFICATE_MALFORMED/);
  });

  it('may have the white space of XML anywhere, as clients write it', () => {
    const spaced = (base64: string): string => `\n  ${base64.replace(/.{76}/g, '$&\r\n\t')} `;
    expect(stage.judged(written('SignatureValue', spaced))).toBe('accepted');
    expect(stage.judged(written('X509Certificate', spaced))).toBe('accepted');
    // DigestValue is signed text: another spelling of it is another SignedInfo.
    expect(stage.judged(written('DigestValue', spaced))).toBe('SIG_CRYPTO_FAILURE');
  });

  itWith('xmlsec1', 'with white space is good for another engine too', () => {
    expect(xmlsec1(stage.pki, written('SignatureValue', (base64) => `\n${base64.replace(/.{76}/g, '$&\n')}\n`))).toBe(true);
  });
});
