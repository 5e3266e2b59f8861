// What was found of a signature, for people: whose it is, the word of ETSI EN 319 102-1 and what that word means, then what it rests on. Why it
// is not in order, and what to do, the findings say that its codes name.
import type { JudgedSignature } from '../client/judged-signature.ts';
import { levelName, meaningOf } from '../standard/signature-words.ts';
import { formatDateTime } from '../standard/time.ts';
import { factLine } from './lines.ts';
import type { Line } from './lines.ts';

type Words = readonly [vi: string, en: string];

const roles: ReadonlyMap<string, Words> = new Map([
  ['dossier', ['Chữ ký của đơn vị trên hồ sơ', 'The unit’s signature on the dossier']],
  ['declaration', ['Chữ ký trên tờ khai', 'The signature on the declaration']],
  ['counter-signature', ['Chữ ký của I-VAN', 'The I-VAN’s signature']],
]);

export function signatureLines(signature: JudgedSignature): readonly Line[] {
  const { file, indication, subIndication, codes, policy, method, level, covers, certificate, path, revocation = [], timestamps = [], claimedSigningTime, archive } = signature;
  const word = [indication, subIndication].filter((part) => part !== undefined).join(' / ');
  const [roleVi, roleEn] = roles.get(signature.role) ?? [signature.role, signature.role];
  const meaning = meaningOf(indication, subIndication);
  const of = file === undefined ? '' : ` ${file}`;
  return [
    { vi: `${roleVi}${of}: ${word} – ${meaning.vi}`, en: `${roleEn}${of}: ${word} – ${meaning.en}` },
    ...factLine('Vì', 'Because of', codes.join(', ')),
    ...factLine('Chính sách', 'Policy', policy),
    ...factLine('Thuật toán', 'Algorithm', method),
    ...factLine('Mức', 'Level', level && levelName(level)),
    ...(covers === undefined ? [] : factLine('Phạm vi', 'Over', covers === 'body' ? 'NoiDung' : 'Hoso')),
    ...factLine('Chứng thư (SHA-256)', 'Certificate (SHA-256)', certificate),
    ...factLine('Đường dẫn', 'Path', path && path.length > 1 ? path.map(short).join(' → ') : undefined),
    ...revocation.flatMap(({ kind, digest, certificate: of, thisUpdate, nextUpdate }) => factLine('Thu hồi', 'Revocation', `${short(of)}: ${kind === 'crl' ? 'CRL' : kind.toUpperCase()} ${short(digest)}, ${localTime(thisUpdate)} – ${localTime(nextUpdate)}`)),
    ...timestamps.flatMap(({ time, certificate: authority }) => factLine('Dấu thời gian', 'Time stamp', `${localTime(time)} (${short(authority)})`)),
    ...factLine('Thời điểm ký tự khai', 'Signing time as claimed', claimedSigningTime),
    ...(archive === undefined ? [] : [{ vi: `  Chính sách lưu trữ: ${archive.method} còn khớp với nội dung, nhưng không đủ để tiếp nhận.`, en: `  Archive policy: ${archive.method} still fits the content, which accepts nothing.` }]),
  ];
}

/** Enough of a digest to find it in the whole answer (`--json`). */
function short(digest: string): string {
  return digest.length > 16 ? `${digest.slice(0, 12)}…` : digest;
}

function localTime(instant: string): string {
  const time = new Date(instant);
  return Number.isNaN(time.getTime()) ? instant : `${formatDateTime(time)} +07:00`;
}
