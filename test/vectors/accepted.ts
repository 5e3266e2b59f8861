// What clients of the field write, and what the standards allow: all of it must be accepted (wire-format §1-3).
import { dsig, enveloped, exclusive, inclusive, keyInfoMarkup, more, more2007, signingTime, signWith, xmlenc } from '../support/signer.ts';
import type { SignatureSpec } from '../support/signer.ts';
import { accepted, refused, addFile, both, labourList, swap } from './kit.ts';
import type { Change, Kit, Vector } from './kit.ts';

/** Envelope and form signed in the same way. */
function signedAs(name: string, spec: Partial<SignatureSpec> | ((kit: Kit) => Partial<SignatureSpec>), change: Change = {}, more_: Parameters<typeof accepted>[2] = {}): Vector {
  return accepted(name, (kit) => {
    const chosen = typeof spec === 'function' ? spec(kit) : spec;
    return kit.dossier({ ...change, spec: chosen, formSpec: chosen });
  }, more_);
}

const timeObject = (namespace: string): string =>
  `<Object Id="SigningTime-0a1b"${namespace}><SignatureProperties xmlns=""><SignatureProperty Target="#0a1b"><SigningTime>2026-11-20T08:58:42</SigningTime></SignatureProperty></SignatureProperties></Object>`;

/** The remote signer that hashes its signing time too. */
const twoReferences = (withoutContext: boolean): Partial<SignatureSpec> => ({
  attributes: ' Id="0a1b"',
  references: [{ uri: '' }, { uri: '#SigningTime-0a1b', withoutContext }],
  objects: timeObject(''),
});

const lineBreaks = (base64: string): string => base64.replace(/.{76}(?=.)/g, '$&&#13;\n');

/** What the I-VAN does with a dossier that the unit signed: puts its own signature into CKy_iVan. */
const counterSigned = (spec: (kit: Kit) => Partial<SignatureSpec>, change: Change = {}) => (kit: Kit): string => {
  const signed = kit.dossier(change);
  const slotted = signed.includes('<CKy_iVan') ? signed : signed.replace('</Hoso>', '<CKy_iVan></CKy_iVan></Hoso>');
  return signWith(slotted, { identity: kit.signers.otherUnit, slot: 'CKy_iVan', ...spec(kit) });
};
const overBody: Partial<SignatureSpec> = { references: [{ uri: '', nameless: true, over: 'NoiDung' }], objects: '' };

/** The 2020 client: another order, fewer fields, other declarations on the root, no byte order mark. */
const cyberLotus =
  '<D02-TS xmlns:sig="http://www.w3.org/2000/09/xmldsig#" xmlns:pro="http://example.org/#signatureProperties" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
  '<ThongTinKhac><SoToBiaSoBHXH /><SoToRoiSoBHXH>1</SoToRoiSoBHXH><SoTheBHYT>1</SoTheBHYT></ThongTinKhac><NoiDung><LaoDong><STT>1</STT><HoTen>Trần Thị Mẫu</HoTen><MasoBHXH />' +
  '<ChucVu>Nhân viên</ChucVu><NoiLamViec /><TienLuong>5000000.00</TienLuong><PhuCapCV>0.00</PhuCapCV><TuThang>07/2026</TuThang><DenThang /><Ghichu /><PA>TM</PA><TyleDong>30.00</TyleDong>' +
  '<TinhLai>0</TinhLai><DaCoSo>0</DaCoSo><NgayChet /><CoGiamChet>0</CoGiamChet><MucHuong /><MaPhongBan>PB1</MaPhongBan><MavungSS /><MavungLTT>02</MavungLTT><ID>0000000622</ID><Loai>1</Loai>' +
  '</LaoDong></NoiDung><Cky></Cky></D02-TS>';

/** The 2023 desktop client: all 44 fields, most of them empty. */
const desktop = labourList.replace('<PA>TM</PA>', () => [
  '<DenThang /><Ghichu>HĐLĐ số 12 &amp; phụ lục &lt;1&gt;</Ghichu><PA>TM</PA><TyleDong>32.0</TyleDong><TinhLai>0</TinhLai><DaCoSo>1</DaCoSo><MucHuong>4</MucHuong><MaPhongBan /><MavungSS />',
  '<MavungLTT>01</MavungLTT><ID>0123456780</ID><Loai>1</Loai><CoGiamChet>0</CoGiamChet><NgayChet /><NgaySinh>02/09/1990</NgaySinh><GioiTinh>1</GioiTinh><CMND>001090000001</CMND>',
  ...['nql', 'cmktbc', 'cmktbt', 'khac'].map((kind) => `<Vtvl_${kind}_tungay /><Vtvl_${kind}_denngay />`),
  '<Nndh_tungay /><Nndh_denngay /><Hdld_tungay>01/11/2026</Hdld_tungay><Hdld_xdth_tungay /><Hdld_xdth_denngay /><Hdld_khac_tungay /><Hdld_khac_denngay />',
].join(''));

const personal =
  '<?xml version="1.0" encoding="utf-8"?><TK1-TS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><NoiDung><LaoDong><STT>1</STT><HoTen>Lê Văn Mới</HoTen><NgaySinh>06/1985</NgaySinh>' +
  '<GioiTinh>1</GioiTinh><QuocTich>VN</QuocTich><DanToc>01</DanToc><MasoBHXH /><CMND>001085000001</CMND><MaTinhBenhVien>01</MaTinhBenhVien><MaBenhVien>010</MaBenhVien><CCNS>1</CCNS></LaoDong></NoiDung><Cky /></TK1-TS>';

const table = '<?xml version="1.0" encoding="utf-8"?><D01-TS><NoiDung><TenBangKe>Bảng kê thông tin</TenBangKe></NoiDung><Cky /></D01-TS>';
const formFile = (kit: Kit, code: string, formXml: string): Change['envelope'] =>
  addFile({ code, name: `${code}-595.xml`, extension: '.xml', content: Buffer.from(kit.signedForm({ formXml })) });

export const acceptedDossiers: readonly Vector[] = [
  accepted('valid', {}),
  accepted('length-of-decoded-file', { variation: { lengthMeaning: 'decoded' } }),
  accepted('length-of-base64', { variation: { lengthMeaning: 'base64' } }),
  accepted('envelope-indented', { variation: { indented: true } }, { note: 'CR LF and blanks, signed as they stand' }),
  accepted('envelope-tabs', { envelope: (xml) => xml.replace(/></g, '>\r\n\t<') }),
  accepted('envelope-byte-order-mark', { envelope: (xml) => `\ufeff${xml}` }),
  accepted('envelope-without-xml-declaration', { envelope: swap(/^<\?xml[^>]*\?>/, '') }),
  accepted('envelope-declaration-upper-case', { envelope: swap('"utf-8"', '"UTF-8"') }),
  accepted('envelope-values-padded', { envelope: both(swap('>TS12345<', '>\r\n  TS12345\r\n<'), swap('>600<', '> 600 <')) }),
  accepted('envelope-comment', { envelope: swap('<NoiDung>', '<!-- xuất từ phần mềm --><NoiDung>') }),
  accepted('envelope-comment-added-later', { signed: swap('<NoiDung>', '<!-- --><NoiDung>') }, { note: 'comments are outside of inclusive C14N, so they change nothing' }),
  accepted('envelope-entities', { envelope: swap('Lê Thị Mẫu', 'Lê &lt;&amp;&gt; M&#x1EAB;u &apos;&quot;') }),
  accepted('envelope-cdata', { envelope: swap('Lê Thị Mẫu', '<![CDATA[Lê & Mẫu]]>') }),
  accepted('envelope-xsi-nil', { envelope: swap('<QuyTrinhISO />', '<QuyTrinhISO xsi:nil="true" />') }),
  accepted('file-base64-in-lines', { envelope: (xml) => xml.replace(/<NoiDungFile>([^<]*)/g, (_all, text: string) => `<NoiDungFile>\r\n${text.replace(/.{76}/g, '$&\r\n')}\r\n`) }),
  accepted('form-without-byte-order-mark', { byteOrderMark: false }),
  accepted('form-indented', { form: (xml) => xml.replace(/></g, '>\r\n\t<') }),
  accepted('form-without-xml-declaration', { form: swap(/^<\?xml[^>]*\?>/, '') }),
  accepted('form-desktop-2023', { formXml: desktop }, { codes: ['SALARY_BELOW_MINIMUM'], note: 'the pay of 2023 in the month of 2026' }),
  accepted('form-cyberlotus-2020', { formXml: cyberLotus, byteOrderMark: false }, { codes: ['NEW_PERSON_WITHOUT_DECLARATION'] }),
  accepted('form-code-with-regulation', { envelope: swap('<MaToKhai>D02-TS<', '<MaToKhai>D02-TS-595<') }),
  accepted('form-code-is-extension', { envelope: swap('<MaToKhai>D02-TS<', '<MaToKhai>.xml<') }, { note: 'a client that takes what is before the first dot' }),
  accepted('form-code-is-file-name', { envelope: both(swap('<MaToKhai>D02-TS<', '<MaToKhai>D02TS<'), swap('D02-TS-595.xml', 'D02TS.xml')) }),
  accepted('form-extension-upper-case', { envelope: swap('<LoaiFile>.xml<', '<LoaiFile>.XML<') }),
  accepted('attachment-with-its-own-name', { envelope: both(swap('<MaToKhai>CT-DK<', '<MaToKhai>chung-tu<'), swap('chung-tu.pdf', 'chung-tu.PDF'), swap('<LoaiFile>.pdf<', '<LoaiFile>.PDF<')) }),
  accepted('form-personal-added', (kit) => kit.dossier({ envelope: formFile(kit, 'TK1-TS', personal) ?? same }), { codes: ['PERSON_NOT_IN_LIST'] }),
  accepted('form-table-added', (kit) => kit.dossier({ envelope: formFile(kit, 'D01-TS', table) ?? same })),
  accepted('procedure-with-regulation', { variation: { procedure: '600-595' } }),
  accepted('procedure-vendor-sub-code', { variation: { procedure: '600a' } }),
  accepted('agency-of-tests', { variation: { agency: '903' } }),
  accepted('direct-with-empty-ivan', { variation: { ivan: '' } }, { sender: 'direct' }),
  accepted('direct-without-ivan', { envelope: swap(/<ThongTinIVAN>.*<\/ThongTinIVAN>/, '') }, { sender: 'direct' }),
  accepted('other-ivan', { variation: { ivan: '00100' } }, { sender: 'otherIvan' }),

  signedAs('signing-time-absent', { objects: '' }),
  signedAs('signing-time-without-zone', { objects: signingTime('2026-11-20T08:58:42') }),
  signedAs('signing-time-with-space', { objects: signingTime('2026-11-20 08:58:42') }),
  signedAs('signing-time-in-future', { objects: signingTime('2099-01-01T00:00:00Z') }, {}, { note: 'the client’s clock is not relied on' }),
  signedAs('object-in-no-namespace', { attributes: ' Id="0a1b"', objects: timeObject(' xmlns=""') }),
  signedAs('object-of-office', { objects: '<Object Id="idPackageObject"><SignatureProperties Id="proid"><SignatureProperty Id="idSignatureTime" Target="#sigid"><mdssi:SignatureTime xmlns:mdssi="http://schemas.openxmlformats.org/package/2006/digital-signature"><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format><mdssi:Value>2026-11-20T01:58:42Z</mdssi:Value></mdssi:SignatureTime></SignatureProperty></SignatureProperties></Object>' }),
  signedAs('two-references', twoReferences(false)),
  signedAs('two-references-time-without-context', twoReferences(true), {}, { codes: ['SIGNING_TIME_UNVERIFIED', 'SIGNING_TIME_UNVERIFIED'] }),
  signedAs('duplicate-id', { signedInfoAttributes: ' Id="sigid"' }),
  signedAs('key-info-without-key-value', ({ signers }) => ({ keyInfo: keyInfoMarkup(signers.employer, { keyValue: false }) })),
  signedAs('key-info-without-subject', ({ signers }) => ({ keyInfo: keyInfoMarkup(signers.employer, { subjectName: false }) })),
  signedAs('key-info-certificate-only', ({ signers }) => ({ keyInfo: keyInfoMarkup(signers.employer, { keyValue: false, subjectName: false }) })),
  signedAs('key-info-with-chain', ({ signers }) => ({
    keyInfo: keyInfoMarkup(signers.employer, { keyValue: false }).replace('</X509Data>', `<X509Certificate>${signers.authority.certificate.toString('base64')}</X509Certificate></X509Data>`),
  })),
  signedAs('jdk-explicit-canonicalization', {
    references: [{ uri: '', transforms: `${enveloped}<Transform Algorithm="${inclusive}"></Transform>` }], writeValue: lineBreaks, objects: '',
  }),
  signedAs('exclusive-canonicalization', {
    canonicalization: exclusive, form: { exclusive: true },
    references: [{ uri: '', transforms: `${enveloped}<Transform Algorithm="${exclusive}"></Transform>`, form: { exclusive: true } }],
  }),
  signedAs('canonicalization-1-1', {
    canonicalization: 'http://www.w3.org/2006/12/xml-c14n11', form: { version11: true },
    references: [{ uri: '', transforms: `${enveloped}<Transform Algorithm="http://www.w3.org/2006/12/xml-c14n11"></Transform>` }],
  }),
  signedAs('canonicalization-with-comments', { canonicalization: `${inclusive}#WithComments`, form: { comments: true } }),
  signedAs('rsa-sha512', { method: `${more}rsa-sha512`, references: [{ uri: '', digestMethod: `${xmlenc}sha512` }] }),
  signedAs('rsa-sha384', { method: `${more}rsa-sha384`, references: [{ uri: '', digestMethod: `${more}sha384` }] }),
  signedAs('rsa-pss', { method: `${more2007}sha256-rsa-MGF1` }),
  signedAs('ecdsa-p256', ({ signers }) => ({ identity: signers.elliptic })),
  signedAs('two-user-ids', ({ signers }) => ({ identity: signers.twoUids })),
  accepted('head-office-for-branch', { variation: { taxCode: '0101300842-001' } }),
  accepted('branch-for-itself', (kit) => kit.dossier({ variation: { taxCode: '0101300842-001' }, spec: { identity: kit.signers.branch }, formSpec: { identity: kit.signers.branch } })),
  accepted('branch-without-dash', (kit) => kit.dossier({ variation: { taxCode: '0101300842001' }, spec: { identity: kit.signers.branch } })),

  accepted('ivan-signature-over-document', counterSigned(() => ({}))),
  accepted('ivan-signature-over-body', counterSigned(() => overBody)),
  accepted('ivan-signature-over-body-by-id', counterSigned(() => ({ references: [{ uri: '#nd', over: 'NoiDung' }], objects: '' }), { envelope: swap('<NoiDung>', '<NoiDung Id="nd">') })),
  accepted('ivan-signature-in-slot-signed-empty', counterSigned(() => overBody, { envelope: swap('</Hoso>', '<CKy_iVan /></Hoso>') })),
  accepted('ivan-slot-empty', { envelope: swap('</Hoso>', '<CKy_iVan /></Hoso>') }),
  refused('ivan-signature-of-other-document', 'SIG_CRYPTO_FAILURE', (kit) =>
    kit.dossier({ signed: swap('</Hoso>', `<CKy_iVan>${/<Signature.*<\/Signature>/.exec(signWith('<a><CKy_Dvi/></a>', { identity: kit.signers.otherUnit }))?.[0] ?? ''}</CKy_iVan></Hoso>`) })),
  refused('ivan-signature-sha1', 'CRYPTO_CONSTRAINTS_FAILURE', counterSigned(() => ({ ...overBody, method: `${dsig}rsa-sha1` }))),
  refused('ivan-signature-self-signed', 'NO_CERTIFICATE_CHAIN_FOUND', counterSigned(({ signers }) => ({ ...overBody, identity: signers.selfSigned }))),
  refused('ivan-signature-over-part', 'SIGNATURE_FORMAT', counterSigned(() => ({ references: [{ uri: '#nd', over: 'ThongTinDonVi' }], objects: '' }), { envelope: swap('<ThongTinDonVi>', '<ThongTinDonVi Id="nd">') })),
  refused('ivan-signature-id-twice', 'SIGNATURE_FORMAT', counterSigned(() => ({ references: [{ uri: '#nd', over: 'NoiDung' }], objects: '' }), { envelope: both(swap('<NoiDung>', '<NoiDung Id="nd">'), swap('<ThongTinDonVi>', '<ThongTinDonVi ID="nd">')) })),
];

function same(xml: string): string {
  return xml;
}
