// What was found of a signature, for people: whose it is, the word of ETSI EN 319 102-1 and what that word means, then what it rests on. Why it
// is not in order, and what to do, the findings say that its codes name.
import type { JudgedSignature } from '../client/judged-signature.ts';
import { formatDateTime } from '../standard/time.ts';
import { factLine } from './lines.ts';
import type { Line } from './lines.ts';

type Words = readonly [vi: string, en: string];

const roles: ReadonlyMap<string, Words> = new Map([
  ['dossier', ['Chữ ký của đơn vị trên hồ sơ', 'The unit’s signature on the dossier']],
  ['declaration', ['Chữ ký trên tờ khai', 'The signature on the declaration']],
  ['counter-signature', ['Chữ ký của I-VAN', 'The I-VAN’s signature']],
]);

/** ETSI EN 319 102-1 tables 3 to 6. */
const meanings: ReadonlyMap<string, Words> = new Map([
  ['TOTAL-PASSED', ['đúng và được tin cậy', 'right and trusted']],
  ['INDETERMINATE', ['chưa thể công nhận', 'cannot be recognised']],
  ['TOTAL-FAILED', ['sai', 'wrong']],
  ['FORMAT_FAILURE', ['cấu trúc chữ ký không đúng', 'its structure is not as it must be']],
  ['HASH_FAILURE', ['nội dung không còn là nội dung đã ký', 'the content is not what was signed']],
  ['SIG_CRYPTO_FAILURE', ['giá trị chữ ký không khớp với khóa', 'its value does not fit the key']],
  ['SIG_CONSTRAINTS_FAILURE', ['thiếu hoặc sai một điều kiện của chính sách ký', 'a condition of the signature policy is not met']],
  ['CRYPTO_CONSTRAINTS_FAILURE', ['thuật toán hoặc khóa không được phép', 'an algorithm or key is not admitted']],
  ['CRYPTO_CONSTRAINTS_FAILURE_NO_POE', ['thuật toán hoặc khóa không còn được phép, và không có gì chứng minh thời điểm ký', 'an algorithm or key is no longer admitted, and nothing proves when it was signed']],
  ['CHAIN_CONSTRAINTS_FAILURE', ['đường dẫn chứng thư số vi phạm ràng buộc', 'the certificate path violates a constraint']],
  ['NO_CERTIFICATE_CHAIN_FOUND', ['không có đường dẫn từ chứng thư số đến tổ chức gốc được tin cậy', 'no path leads from the certificate to a trusted root']],
  ['NO_SIGNING_CERTIFICATE_FOUND', ['không xác định được chứng thư số đã ký', 'the certificate that signed cannot be identified']],
  ['OUT_OF_BOUNDS_NO_POE', ['chứng thư số không còn hoặc chưa có hiệu lực khi tiếp nhận', 'the certificate was not valid at reception']],
  ['REVOKED_NO_POE', ['chứng thư số đã bị thu hồi khi tiếp nhận', 'the certificate was revoked at reception']],
  ['SIGNED_DATA_NOT_FOUND', ['nội dung được ký nằm ngoài hồ sơ', 'what is signed is outside the dossier']],
  ['SIGNATURE_POLICY_NOT_AVAILABLE', ['chữ ký viện dẫn một chính sách mà cổng không có', 'it invokes a policy that the gateway does not have']],
]);

const levels: ReadonlyMap<string, string> = new Map([['XMLDSig', 'XML Signature'], ['XAdES-B', 'XAdES B'], ['XAdES-T', 'XAdES T'], ['XAdES-LT', 'XAdES LT']]);

export function signatureLines(signature: JudgedSignature): readonly Line[] {
  const { file, indication, subIndication, codes, policy, method, level, covers, certificate, path, revocation = [], timestamps = [], claimedSigningTime, archive } = signature;
  const word = [indication, subIndication].filter((part) => part !== undefined).join(' / ');
  const [roleVi, roleEn] = roles.get(signature.role) ?? [signature.role, signature.role];
  const of = file === undefined ? '' : ` ${file}`;
  return [
    { vi: `${roleVi}${of}: ${word} – ${meaningOf(signature, 0)}`, en: `${roleEn}${of}: ${word} – ${meaningOf(signature, 1)}` },
    ...factLine('Vì', 'Because of', codes.join(', ')),
    ...factLine('Chính sách', 'Policy', policy),
    ...factLine('Thuật toán', 'Algorithm', method),
    ...factLine('Mức', 'Level', level && (levels.get(level) ?? level)),
    ...(covers === undefined ? [] : factLine('Phạm vi', 'Over', covers === 'body' ? 'NoiDung' : 'Hoso')),
    ...factLine('Chứng thư (SHA-256)', 'Certificate (SHA-256)', certificate),
    ...factLine('Đường dẫn', 'Path', path && path.length > 1 ? path.map(short).join(' → ') : undefined),
    ...revocation.flatMap(({ kind, digest, certificate: of, thisUpdate, nextUpdate }) => factLine('Thu hồi', 'Revocation', `${short(of)}: ${kind === 'crl' ? 'CRL' : kind.toUpperCase()} ${short(digest)}, ${localTime(thisUpdate)} – ${localTime(nextUpdate)}`)),
    ...timestamps.flatMap(({ time, certificate: authority }) => factLine('Dấu thời gian', 'Time stamp', `${localTime(time)} (${short(authority)})`)),
    ...factLine('Thời điểm ký tự khai', 'Signing time as claimed', claimedSigningTime),
    ...(archive === undefined ? [] : [{ vi: `  Chính sách lưu trữ: ${archive.method} còn khớp với nội dung, nhưng không đủ để tiếp nhận.`, en: `  Archive policy: ${archive.method} still fits the content, which accepts nothing.` }]),
  ];
}

function meaningOf({ indication, subIndication }: JudgedSignature, language: 0 | 1): string {
  return [indication, subIndication].flatMap((word) => (word === undefined ? [] : meanings.get(word)?.[language] ?? [])).join(': ');
}

/** Enough of a digest to find it in the whole answer (`--json`). */
function short(digest: string): string {
  return digest.length > 16 ? `${digest.slice(0, 12)}…` : digest;
}

function localTime(instant: string): string {
  const time = new Date(instant);
  return Number.isNaN(time.getTime()) ? instant : `${formatDateTime(time)} +07:00`;
}
