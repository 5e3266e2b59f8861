// Signature wrapping: what was signed stands somewhere else than where it is read, or something unsigned stands beside it.
import { signWith, signingTime } from '../support/signer.ts';
import { refused, swap } from './kit.ts';
import type { Vector } from './kit.ts';

/** What no dossier may ever carry: the tests look for it in everything that is accepted. */
export const attackersName = 'CÔNG TY CỦA KẺ GIAN';

const evil = (xml: string): string => xml.replace('CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)', attackersName).replaceAll('TS12345', 'XX99999');
const bare = (xml: string): string => xml.replace(/^\ufeff?<\?xml[^>]*\?>/, '');
const partOf = (xml: string, name: string): string => new RegExp(`<${name}>.*</${name}>`).exec(xml)?.[0] ?? '';

export const wrapping: readonly Vector[] = [
  refused('wrapping-hoso-in-hoso', ['SIGNATURE_MISPLACED', 'ELEMENT_UNKNOWN'], ({ dossier }) => {
    const signed = dossier();
    return evil(signed).replace(/<CKy_Dvi>.*<\/CKy_Dvi>/, () => `<CKy_Dvi>${bare(signed)}</CKy_Dvi>`);
  }),
  refused('wrapping-hoso-in-object', ['SIGNATURE_MISPLACED'], ({ dossier }) => {
    const signed = dossier();
    return evil(signed).replace('</Signature></CKy_Dvi>', () => `<Object>${bare(signed)}</Object></Signature></CKy_Dvi>`);
  }),
  refused('wrapping-content-in-object', 'SIGNATURE_FORMAT', ({ dossier }) => {
    const signed = dossier();
    return evil(signed).replace('</Signature></CKy_Dvi>', () => `<Object>${partOf(signed, 'NoiDung')}</Object></Signature></CKy_Dvi>`);
  }),
  refused('wrapping-second-content-before', ['HASH_FAILURE', 'ELEMENT_UNKNOWN'], ({ dossier }) => {
    const signed = dossier();
    return signed.replace('<NoiDung>', () => `${evil(partOf(signed, 'NoiDung'))}<NoiDung>`);
  }),
  refused('wrapping-second-content-after', ['HASH_FAILURE', 'ELEMENT_UNKNOWN'], ({ dossier }) => {
    const signed = dossier();
    return signed.replace('<CKy_Dvi>', () => `${evil(partOf(signed, 'NoiDung'))}<CKy_Dvi>`);
  }),
  refused('wrapping-content-after-signature', ['HASH_FAILURE', 'ELEMENT_UNKNOWN'], ({ dossier }) => {
    const signed = dossier();
    return signed.replace('</Hoso>', () => `${evil(partOf(signed, 'NoiDung'))}</Hoso>`);
  }),
  refused('wrapping-second-signature-slot', ['SIGNATURE_MULTIPLE', 'ELEMENT_UNKNOWN'], { signed: (xml) => xml.replace('</Hoso>', () => `${partOf(xml, 'CKy_Dvi')}</Hoso>`) }),
  refused('wrapping-re-signed-by-attacker', 'NO_CERTIFICATE_CHAIN_FOUND', ({ dossier, signers }) =>
    dossier({ variation: { unitCode: 'XX99999' }, spec: { identity: signers.selfSigned } })),
  refused('wrapping-duplicate-id-inside', 'SIGNATURE_FORMAT', {
    spec: { references: [{ uri: '' }, { uri: '#twice' }], objects: `<Object Id="twice">a</Object><Object Id="twice">b</Object>` },
  }),
  refused('wrapping-ids-outside', 'HASH_FAILURE', { signed: swap('<NoiDung>', '<NoiDung Id="sigid">') }),

  refused('wrapping-content-in-ivan-slot', 'SIGNATURE_FORMAT', ({ dossier }) => {
    const signed = dossier();
    return signed.replace('</Hoso>', () => `<CKy_iVan>${evil(partOf(signed, 'NoiDung'))}</CKy_iVan></Hoso>`);
  }, { note: 'what is in CKy_iVan is nobody’s content' }),
  refused('wrapping-second-signature-in-ivan-slot', ['SIGNATURE_MISPLACED', 'SIGNATURE_FORMAT'], ({ dossier, signers }) => {
    const other = dossier({ variation: { unitCode: 'XX99999' }, spec: { identity: signers.otherUnit } });
    return dossier().replace('</Hoso>', () => `<CKy_iVan>${partOf(other, 'CKy_Dvi')}</CKy_iVan></Hoso>`);
  }),
  refused('wrapping-whole-dossier-in-object', 'SIGNATURE_FORMAT', ({ dossier }) =>
    dossier({ spec: { objects: `${signingTime()}<Object>${evil(bare(dossier({ spec: 'unsigned' })))}</Object>` } }), { note: 'an Object is no content' }),
  refused('wrapping-two-ivan-slots', ['SIGNATURE_MISPLACED', 'SIG_CRYPTO_FAILURE'], ({ dossier, signers }) => {
    const counter = /<Signature.*<\/Signature>/.exec(signWith('<a><CKy_Dvi/></a>', { identity: signers.otherUnit }))?.[0] ?? '';
    const slot = `<CKy_iVan>${counter}</CKy_iVan>`;
    return dossier().replace('</Hoso>', () => `${slot}${slot}</Hoso>`);
  }),
];
