// Dossiers that are well signed and still not to be accepted: declarations, files, codes, contracts, dates.
import { addFile, both, refused, swap } from './kit.ts';
import type { Change, Vector } from './kit.ts';

/** The whole inner file replaced by other octets. */
function fileIs(content: Buffer): Change {
  return { formSpec: 'unsigned', byteOrderMark: false, envelope: both(swap(/(?<=\.xml<\/LoaiFile><DoDaiFile>)\d+(?=<)/, String(content.length)), swap(/(?<=<NoiDungFile>)[^<]*/, content.toString('base64'))) };
}

const d03 = '<D03-TS><NoiDung></NoiDung><Cky></Cky></D03-TS>';
const d07 = '<D07-TS><NoiDung></NoiDung><Cky></Cky></D07-TS>';

export const refusedRules: readonly Vector[] = [
  refused('declaration-unsigned', 'DECLARATION_UNSIGNED', { formSpec: 'unsigned' }),
  refused('declaration-changed', 'HASH_FAILURE', { signedForm: swap('5008000', '6008000') }),
  refused('declaration-changed-mark', 'HASH_FAILURE', { form: swap('<MasoBHXH>', '<MasoBHXH> '), signedForm: swap('<MasoBHXH> ', '<MasoBHXH>') }),
  refused('declaration-signature-elsewhere', 'SIGNATURE_MISPLACED', { formSpec: { put: (xml, signature) => swap('</NoiDung>', `${signature}</NoiDung>`)(xml) } }),
  refused('declaration-signed-twice', 'SIGNATURE_MULTIPLE', { signedForm: (xml) => xml.replace(/<Cky>(.*)<\/Cky>/, '<Cky>$1$1</Cky>') }),
  refused('declaration-not-xml', 'XML_MALFORMED', fileIs(Buffer.from('%PDF-1.4 not a declaration'))),
  refused('declaration-empty', ['VALUE_INVALID', 'XML_MALFORMED'], fileIs(Buffer.alloc(0))),
  refused('declaration-doctype', 'XML_DOCTYPE', { signedForm: swap('<D02-TS', '<!DOCTYPE D02-TS><D02-TS') }),
  refused('declaration-utf-16', 'XML_ENCODING', fileIs(Buffer.from('\ufeff<D02-TS/>', 'utf16le'))),
  refused('declaration-of-another-form', 'ENVELOPE_ROOT', { form: both(swap('<D02-TS', '<D03-TS'), swap('</D02-TS>', '</D03-TS>')) }),
  refused('declaration-element-missing', 'ELEMENT_MISSING', { form: swap(/<HoTen>.*<\/HoTen>/, '') }),
  refused('declaration-element-unknown', 'ELEMENT_UNKNOWN', { form: swap('<HoTen>', '<Hoten>x</Hoten><HoTen>') }),
  refused('declaration-value-invalid', 'VALUE_INVALID', { form: swap('5008000', '5.008.000') }),
  refused('declaration-without-people', 'ELEMENT_MISSING', { form: swap(/<LaoDong>.*<\/LaoDong>/, '') }),
  refused('declaration-in-namespace', ['SIGNATURE_MISPLACED', 'ELEMENT_UNKNOWN'], { form: swap('<D02-TS', '<D02-TS xmlns="urn:x"') }),

  refused('file-not-base64', 'FILE_CONTENT_BASE64', { envelope: swap('JVBERi0xLjQ', 'JVBERi0xLjQ*') }),
  refused('file-base64-without-padding', 'FILE_CONTENT_BASE64', { envelope: swap('=</NoiDungFile></FileToKhai></ToKhais>', '</NoiDungFile></FileToKhai></ToKhais>'), variation: { attachment: Buffer.from('a PDF\n') .subarray(0, 5) } }),
  refused('file-length-wrong', 'FILE_LENGTH', { envelope: swap(/(?<=\.pdf<\/LoaiFile><DoDaiFile>)\d+/, '1') }),
  refused('file-length-not-a-number', 'VALUE_INVALID', { envelope: swap(/(?<=\.pdf<\/LoaiFile><DoDaiFile>)\d+/, 'mười') }),
  refused('file-count-wrong', 'FILE_COUNT', { envelope: swap('<SoLuongFile>2<', '<SoLuongFile>3<') }),
  refused('file-count-not-a-number', 'VALUE_INVALID', { envelope: swap('<SoLuongFile>2<', '<SoLuongFile>hai<') }),
  refused('file-empty', 'VALUE_INVALID', { variation: { attachment: Buffer.alloc(0) } }),
  refused('file-content-missing', ['ELEMENT_MISSING'], { envelope: swap(/<NoiDungFile>JVBER[^<]*<\/NoiDungFile>/, '') }),

  refused('procedure-unknown', 'PROCEDURE_UNKNOWN', { variation: { procedure: '999' } }),
  refused('procedure-empty', 'VALUE_INVALID', { variation: { procedure: '' } }),
  refused('form-missing', ['FORM_MISSING', 'FORM_NOT_ALLOWED'], { variation: { procedure: '607' } }, { note: 'procedure 607 needs TK1-TS and does not take D02-TS' }),
  refused('form-missing-only', 'FORM_MISSING', { envelope: both(swap(/<FileToKhai>.*?<\/FileToKhai>/, ''), swap('<SoLuongFile>2<', '<SoLuongFile>1<')) }),
  refused('form-not-allowed', ['FORM_NOT_ALLOWED', 'DECLARATION_UNSIGNED', 'ELEMENT_MISSING'], { envelope: addFile({ code: 'D03-TS', name: 'D03-TS.xml', extension: '.xml', content: Buffer.from(d03) }) }),
  refused('form-without-schema', ['SIGNATURE_MISSING', 'FORM_NOT_ALLOWED', 'DECLARATION_UNSIGNED', 'DECLARATION_UNSIGNED', 'FORM_WITHOUT_SCHEMA'], {
    spec: 'unsigned', formSpec: 'unsigned', envelope: addFile({ code: 'D07-TS', name: 'D07-TS.xml', extension: '.xml', content: Buffer.from(d07) }),
  }),
  refused('agency-unknown', 'AGENCY_UNKNOWN', { variation: { agency: '99999' } }),
  refused('period-month-13', 'PERIOD_INVALID', { variation: { period: '13/2026' } }),
  refused('period-iso', 'PERIOD_INVALID', { variation: { period: '2026-11' } }),
  refused('period-empty', 'PERIOD_INVALID', { variation: { period: '' } }),
  refused('date-not-real', 'DATE_INVALID', { envelope: swap('20/11/2026', '31/11/2026') }),
  refused('date-iso', 'DATE_INVALID', { envelope: swap('20/11/2026', '2026-11-20') }),

  refused('ivan-unknown', 'IVAN_UNKNOWN', { variation: { ivan: '00999' } }),
  refused('ivan-tax-code-as-code', 'IVAN_UNKNOWN', { variation: { ivan: '0101300842' } }, { note: 'a test tool of the field writes the I-VAN’s tax code' }),
  refused('ivan-not-the-sender', 'IVAN_MISMATCH', {}, { sender: 'otherIvan' }),
  refused('ivan-empty-but-sent-by-ivan', 'IVAN_MISMATCH', { variation: { ivan: '' } }),
  refused('ivan-named-but-sent-directly', 'IVAN_MISMATCH', {}, { sender: 'direct' }),
  refused('ivan-contract-expired', 'IVAN_CONTRACT_INACTIVE', {}, { sender: 'expiredContract', note: 'at the very instant it ends' }),
  refused('ivan-contract-in-future', 'IVAN_CONTRACT_INACTIVE', {}, { sender: 'futureContract' }),
  refused('ivan-contract-suspended', 'IVAN_CONTRACT_INACTIVE', {}, { sender: 'suspendedContract' }),

  refused('everything-at-once', [
    'SIGNATURE_MISSING', 'VALUE_INVALID', 'AGENCY_UNKNOWN', 'PERIOD_INVALID', 'DATE_INVALID', 'FILE_COUNT', 'FORM_MISSING', 'FORM_NOT_ALLOWED', 'IVAN_MISMATCH', 'IVAN_CONTRACT_INACTIVE',
    'FILE_LENGTH', 'DECLARATION_UNSIGNED', 'ELEMENT_MISSING', 'VALUE_INVALID',
  ], {
    spec: 'unsigned', formSpec: 'unsigned',
    form: both(swap(/<HoTen>.*<\/HoTen>/, ''), swap('5008000', '5.008.000')),
    variation: { agency: '99999', period: '00/2026', procedure: '607', ivan: '00100', unitCode: 'TS 12345' },
    envelope: both(swap('20/11/2026', '30/02/2026'), swap('<SoLuongFile>2<', '<SoLuongFile>7<'), swap(/(?<=\.xml<\/LoaiFile><DoDaiFile>)\d+/, '1')),
  }, { sender: 'expiredContract' }),
  refused('wrong-signer-and-wrong-fields', ['TAX_CODE_MISMATCH', 'PERIOD_INVALID', 'HASH_FAILURE'], ({ dossier, signers }) =>
    dossier({ spec: { identity: signers.otherUnit }, variation: { period: '1/2026' }, signedForm: swap('5008000', '6008000') })),
];
