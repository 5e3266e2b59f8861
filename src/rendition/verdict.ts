// What was found of one signature, as a rendition shows it: at least what TT 15/2025/TT-BKHCN Art. 6 asks of verifying software – who issued the
// certificate, who signed, who holds it, when, whether the content is whole, whether the certificate was good then and from when to when – with
// the words of ETSI EN 319 102-1. Names in a certificate are shown as its issuer wrote them. Pure.
import { findingTexts, sentencesOf, severityOf } from '../errors/findings.ts';
import type { Finding } from '../errors/outcomes.ts';
import { levelName, meaningOf } from '../standard/signature-words.ts';
import type { SignatureReport } from '../standard/signature-report.ts';
import { formatDateTime } from '../standard/time.ts';
import { parseCertificate } from '../trust/certificate.ts';
import type { Certificate } from '../trust/certificate.ts';
import type { Fact, ShownFinding, Standing, Verdict, Words } from './page.ts';

export interface Judged {
  /** Whose signature it is. */
  readonly role: Words;
  /** Absent when there is no signature, or when nothing could be found out. */
  readonly report: SignatureReport | undefined;
  readonly findings: readonly Finding[];
  /** DER of the certificate whose key signed; absent unless the signature's value holds. */
  readonly certificate: Buffer | undefined;
  /** Why revocation could not be decided. */
  readonly undecided?: string;
  readonly at: Date;
}

const banners: Readonly<Record<Standing, Words>> = {
  passed: { vi: 'CHỮ KÝ ĐÚNG VÀ ĐƯỢC TIN CẬY', en: 'SIGNATURE RIGHT AND TRUSTED' },
  open: { vi: 'CHỮ KÝ CHƯA THỂ CÔNG NHẬN – không ai bảo đảm nội dung', en: 'SIGNATURE NOT RECOGNISED – nobody vouches for the content' },
  failed: { vi: 'CHỮ KÝ SAI – nội dung có thể đã bị thay đổi', en: 'SIGNATURE WRONG – the content may have been altered' },
  unsigned: { vi: 'KHÔNG CÓ CHỮ KÝ – không ai bảo đảm nội dung', en: 'NOT SIGNED – nobody vouches for the content' },
};

export function verdictOf(judged: Judged): Verdict {
  const standing = standingOf(judged);
  const { vi, en } = banners[standing];
  return { standing, title: { vi: `${judged.role.vi}: ${vi}`, en: `${judged.role.en}: ${en}` }, facts: factsOf(judged), findings: judged.findings.map(shown) };
}

function standingOf({ report, findings, undecided }: Judged): Standing {
  if (undecided !== undefined) return 'open';
  if (report === undefined) return findings.some(({ code }) => code === 'SIGNATURE_MISSING') ? 'unsigned' : 'failed';
  if (report.indication === 'TOTAL-FAILED') return 'failed';
  const refused = findings.some(({ code }) => severityOf(code) === 'refuse');
  return report.indication === 'TOTAL-PASSED' && !refused ? 'passed' : 'open';
}

function factsOf(judged: Judged): Fact[] {
  const { report, certificate, undecided, at } = judged;
  return [
    ...fact('Thời điểm xét', 'Judged as of', localTime(at)),
    ...(undecided === undefined ? [] : conclusion('INDETERMINATE', 'TRY_LATER')),
    ...(report === undefined ? [] : conclusion(report.indication, report.subIndication)),
    ...(report === undefined && undecided === undefined ? [] : [{ label: { vi: 'Toàn vẹn nội dung', en: 'Integrity of the content' }, value: integrityOf(judged) }]),
    ...(certificate === undefined ? [] : certificateFacts(parseCertificate(certificate), judged)),
    ...(report === undefined ? [] : reportFacts(report)),
  ];
}

function conclusion(indication: string, subIndication: string | undefined): Fact[] {
  const word = [indication, ...(subIndication === undefined ? [] : [subIndication])].join(' / ');
  const { vi, en } = meaningOf(indication, subIndication);
  return [{ label: { vi: 'Kết luận (ETSI EN 319 102-1)', en: 'Conclusion (ETSI EN 319 102-1)' }, value: { vi: `${word} – ${vi}`, en } }];
}

/** A value that holds is made over the digest of the content. */
function integrityOf({ certificate, report }: Judged): Words {
  if (certificate !== undefined) return { vi: 'Nguyên vẹn: đúng là nội dung đã ký', en: 'Whole: this is what was signed' };
  const isAltered = report?.subIndication === 'HASH_FAILURE';
  return isAltered ? { vi: 'KHÔNG nguyên vẹn: đã bị thay đổi sau khi ký', en: 'NOT whole: altered after signing' } : { vi: 'Không xác nhận được', en: 'Not confirmed' };
}

function certificateFacts(certificate: Certificate, { report, undecided, at }: Judged): Fact[] {
  const { commonName, subject, issuer, serialNumber, notBefore, notAfter, taxCodes, otherUserIds, fingerprint } = certificate;
  return [
    ...fact('Người ký', 'Signer', commonName),
    ...fact('Chủ thể quản lý chứng thư số', 'Holder of the certificate', subject),
    ...fact('Mã số thuế trên chứng thư số', 'Tax codes in the certificate', [...taxCodes, ...otherUserIds].join(', ')),
    ...fact('Tổ chức cấp chứng thư số', 'Issuer of the certificate', issuer),
    ...fact('Số sê-ri', 'Serial number', serialNumber),
    ...fact('Thời hạn chứng thư số', 'Certificate valid', `${localTime(notBefore)} – ${localTime(notAfter)}`),
    { label: { vi: 'Hiệu lực tại thời điểm xét', en: 'Validity at that time' }, value: validityOf(certificate, at, report, undecided) },
    ...fact('Mã băm chứng thư số (SHA-256)', 'Certificate (SHA-256)', fingerprint),
  ];
}

function validityOf({ notBefore, notAfter }: Certificate, at: Date, report: SignatureReport | undefined, undecided: string | undefined): Words {
  if (at < notBefore) return { vi: 'CHƯA có hiệu lực', en: 'NOT YET valid' };
  if (at > notAfter) return { vi: 'ĐÃ HẾT hạn', en: 'EXPIRED' };
  if (report?.codes.includes('REVOKED') === true) return { vi: 'ĐÃ BỊ thu hồi', en: 'REVOKED' };
  if (undecided !== undefined) return { vi: `Còn thời hạn; chưa biết có bị thu hồi hay không (${undecided})`, en: 'Within its period; whether it is revoked is not known' };
  if (report?.indication === 'TOTAL-PASSED') return { vi: 'Có hiệu lực, không bị thu hồi', en: 'Valid and not revoked' };
  return { vi: 'Còn thời hạn, nhưng không được tin cậy', en: 'Within its period, but not trusted' };
}

function reportFacts({ method, level, policy, covers, claimedSigningTime, timestamps = [], revocation = [] }: SignatureReport): Fact[] {
  const stamps = timestamps.map(({ time, certificate }) => `${localText(time)} (TSA ${certificate.slice(0, 16)}…)`);
  const sources = revocation.map(({ kind, certificate, thisUpdate, nextUpdate }) => `${kind === 'crl' ? 'CRL' : 'OCSP'} ${certificate.slice(0, 16)}…: ${localText(thisUpdate)} – ${localText(nextUpdate)}`);
  return [
    ...(claimedSigningTime === undefined
      ? [{ label: { vi: 'Thời điểm ký', en: 'Signing time' }, value: { vi: 'Chữ ký không nêu', en: 'The signature does not say' } }]
      : fact('Thời điểm ký (người ký tự khai)', 'Signing time (as the signer claims)', claimedSigningTime)),
    ...fact('Dấu thời gian', 'Time stamp', stamps.join('; ')),
    ...fact('Nguồn kiểm tra thu hồi', 'Revocation checked with', sources.join('; ')),
    ...fact('Thuật toán', 'Algorithm', method),
    ...fact('Mức chữ ký', 'Level', level && levelName(level)),
    ...fact('Chính sách', 'Policy', policy),
    ...(covers === undefined ? [] : [{ label: { vi: 'Phạm vi ký', en: 'Signed over' }, value: covers === 'body' ? { vi: 'Riêng phần nội dung', en: 'The body alone' } : { vi: 'Toàn bộ hồ sơ', en: 'The whole dossier' } }]),
  ];
}

function fact(vi: string, en: string, value: string | undefined): Fact[] {
  return value === undefined || value === '' ? [] : [{ label: { vi, en }, value }];
}

function shown({ code, params }: Finding): ShownFinding {
  const { wireCode, severity, actionVi, actionEn } = findingTexts[code];
  return { code, wireCode, refuses: severity === 'refuse', ...sentencesOf(code, params), action: { vi: actionVi, en: actionEn } };
}

function localTime(instant: Date): string {
  return `${formatDateTime(instant)} +07:00`;
}

function localText(text: string): string {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? text : localTime(instant);
}
