// The words of ETSI EN 319 102-1 for people: what each indication and sub-indication of a signature's report means, in both languages. One
// dictionary for the command line and for renditions, so that a verdict reads the same everywhere.

type Words = readonly [vi: string, en: string];

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
  ['TRY_LATER', ['chưa biết chứng thư số có bị thu hồi hay không', 'whether the certificate is revoked is not known yet']],
  ['SIGNED_DATA_NOT_FOUND', ['nội dung được ký nằm ngoài hồ sơ', 'what is signed is outside the dossier']],
  ['SIGNATURE_POLICY_NOT_AVAILABLE', ['chữ ký viện dẫn một chính sách mà cổng không có', 'it invokes a policy that the gateway does not have']],
]);

const levels: ReadonlyMap<string, string> = new Map([['XMLDSig', 'XML Signature'], ['XAdES-B', 'XAdES B'], ['XAdES-T', 'XAdES T'], ['XAdES-LT', 'XAdES LT']]);

/** What the words of a report say; '' for words that are not the standard's. */
export function meaningOf(indication: string, subIndication: string | undefined): { readonly vi: string; readonly en: string } {
  const join = (language: 0 | 1): string => [indication, subIndication ?? ''].flatMap((word) => meanings.get(word)?.[language] ?? []).join(': ');
  return { vi: join(0), en: join(1) };
}

export function levelName(level: string): string {
  return levels.get(level) ?? level;
}
