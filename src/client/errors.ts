// How the client says no: what went wrong, where, and what to do now, in both languages. `ClientError` is found on this side; `GatewayProblem` is
// the gateway's own (RFC 9457). What is wrong with a signed message is a `Refusal`, as in the gateway itself.

type Row = readonly [vi: string, en: string, actionVi: string, actionEn: string];

const RESEND: readonly [string, string] = [
  'Kiểm tra đường truyền rồi gửi lại cùng tệp; gửi trùng luôn an toàn.',
  'Check the connection and send the same file again; a resend is always safe.',
];
const DISTRUST: readonly [string, string] = [
  'Không dùng thông điệp này; lấy lại từ cổng và báo cho BHXH Việt Nam nếu còn lặp lại.',
  'Do not rely on this message; fetch it again from the gateway and report it if that happens again.',
];

const clientTexts = {
  URL: ['{reason} không phải là địa chỉ https.', '{reason} is not an https address.', 'Ghi địa chỉ của cổng, ví dụ https://cong.example.vn.', 'Give the gateway’s address, such as https://gateway.example.vn.'],
  UNREACHABLE: ['Không kết nối được tới cổng ({reason}).', 'The gateway cannot be reached ({reason}).', ...RESEND],
  TLS_UNTRUSTED: ['Chứng thư TLS của cổng không được tin cậy ({reason}).', 'The gateway’s TLS certificate is not trusted ({reason}).', 'Kiểm tra địa chỉ và chứng thư gốc đã chỉ định; không gửi hồ sơ khi chưa rõ.', 'Check the address and the authority certificates given; send nothing until this is clear.'],
  STOPPED: ['Đã dừng theo yêu cầu.', 'Stopped on request.', ...RESEND],
  ANSWER_UNEXPECTED: ['Cổng trả lời không đúng giao diện ({reason}).', 'The answer is not one of the gateway’s interface ({reason}).', 'Kiểm tra địa chỉ và máy chủ trung gian (proxy), rồi gửi lại cùng tệp.', 'Check the address and any proxy, then send the same file again.'],
  KEY_FILE: ['Không đọc được khóa hoặc chứng thư số ({reason}).', 'The key or certificate cannot be read ({reason}).', 'Kiểm tra tệp khóa, chứng thư số và mật khẩu.', 'Check the key file, the certificate and the password.'],
  FILE: ['Không đọc hoặc ghi được tệp ({reason}).', 'The file cannot be read or written ({reason}).', 'Kiểm tra đường dẫn và quyền truy cập.', 'Check the path and its permissions.'],
  FILE_ABSENT: ['Không có tệp này.', 'There is no such file.', 'Kiểm tra tên tệp và thư mục hiện tại.', 'Check the name and the current folder.'],
  FILE_IS_FOLDER: ['Đây là thư mục, không phải tệp.', 'This is a folder, not a file.', 'Nêu các tệp trong thư mục, ví dụ thư-mục/*.asice.', 'Name the files inside, such as folder/*.asice.'],
  FILE_FORBIDDEN: ['Không có quyền đọc tệp này.', 'There is no permission to read this file.', 'Xin quyền đọc, hoặc chép tệp ra thư mục của bạn.', 'Ask for permission, or have it copied to a folder of yours.'],
  FILE_TOO_LARGE: ['Tệp lớn hơn {reason} MB: không tài liệu nào của cổng lớn như vậy.', 'The file is larger than {reason} MB: no document of a gateway is.', 'Chọn đúng tệp, hoặc lấy lại từ cổng.', 'Choose the right file, or fetch it again from the gateway.'],
  DOCUMENT_UNKNOWN: ['Đây là XML nhưng không phải tài liệu của chuẩn kết nối (phần tử gốc {reason}).', 'This is XML but no document of the connection standard (root element {reason}).', 'Chọn hồ sơ, tờ khai, biên nhận, kết quả, thông báo hoặc gói chứng cứ (.asice).', 'Choose a dossier, form, receipt, result, notice or evidence container (.asice).'],
  TRUST: ['Không đọc được vật liệu tin cậy ({reason}).', 'The trust material cannot be read ({reason}).', 'Chỉ định thư mục hoặc tệp PEM chứa chứng thư gốc, chứng thư trung gian và CRL.', 'Give a folder or PEM file with root and subordinate certificates and their CRLs.'],
  USAGE: ['Tham số không hợp lệ: {reason}.', 'The arguments are not valid: {reason}.', 'Xem hướng dẫn bằng --help.', 'See --help.'],
  FORM_UNKNOWN: ['Phần tử gốc {reason} không phải là Hoso hay một tờ khai.', 'The root element {reason} is neither Hoso nor a form.', 'Chọn tệp hồ sơ hoặc tờ khai do phần mềm kê khai xuất ra.', 'Choose a dossier or a form exported by the declaration software.'],
  ALREADY_SIGNED: ['Tệp đã có chữ ký tại {reason}.', 'The file is signed already at {reason}.', 'Gửi tệp này, hoặc ký lại từ bản chưa ký.', 'Send this file, or sign the unsigned one.'],
  UNIT_UNSIGNED: ['Đơn vị chưa ký tại {reason}; I-VAN ký sau đơn vị.', 'The unit has not signed at {reason} yet; the I-VAN signs after the unit.', 'Để đơn vị ký trước (ivan register sign), rồi I-VAN ký.', 'Have the unit sign first (ivan register sign), then the I-VAN.'],
  ENGINES_DISAGREE: ['Bộ kiểm tra chữ ký thứ hai không xác nhận chữ ký ({reason}).', 'The second signature engine does not confirm the signature ({reason}).', ...DISTRUST],
  SIGNER_UNEXPECTED: ['Người ký không phải là chứng thư mong đợi ({reason}).', 'The signer is not the certificate expected ({reason}).', ...DISTRUST],
  SIGNER_UNSHOWN: ['Chưa có gì chứng tỏ chứng thư đã ký là của cổng ({reason}).', 'Nothing shows that the certificate that signed is the gateway’s ({reason}).', 'Nêu dấu vân tay SHA-256 của chứng thư ký của cổng, nhận qua đường khác.', 'Give the SHA-256 of the gateway’s signing certificate, got by another way.'],
  OTHER_DOSSIER: ['Thông điệp nói về hồ sơ khác ({reason}).', 'The message is about another dossier ({reason}).', ...DISTRUST],
  WEBHOOK_UNTRUSTED: ['Yêu cầu gửi tới webhook không đáng tin ({reason}).', 'The request to the webhook is not to be believed ({reason}).', 'Trả lời 401 và không dùng nội dung này; kiểm tra địa chỉ đã đăng ký, chứng thư của cổng và đồng hồ.', 'Answer 401 and do not use it; check the address as registered, the gateway’s certificate and the clock.'],
  LOG_UNSIGNED: ['Điểm kiểm tra không do khóa đã biết của nhật ký ký ({reason}).', 'The checkpoint is not signed with the known key of the log ({reason}).', 'So khóa tại /v1/log/key với khóa nhận được từ người vận hành qua đường khác; không đồng ký.', 'Compare the key at /v1/log/key with the one that the operator gave you by another way; cosign nothing.'],
  LOG_DIVERGED: ['Nhật ký không nối tiếp điểm kiểm tra đã thấy: {reason}.', 'The log does not go on from the checkpoint that was seen: {reason}.', 'Giữ hai điểm kiểm tra đã lưu làm bằng chứng, không đồng ký nữa, báo cho người vận hành cổng và các bên làm chứng khác.', 'Keep the two checkpoints that were saved as proof, cosign nothing more, and tell the gateway’s operator and the other witnesses.'],
  STATE_HELD: ['Tiến trình {reason} đang dùng tệp trạng thái này.', 'Process {reason} is using this state file.', 'Chờ tiến trình đó kết thúc; nếu nó không còn, xóa tệp .lock bên cạnh.', 'Wait until it has ended; if there is no such process any more, delete the .lock file beside it.'],
  ANSWER_DIFFERS: ['Văn bản của cơ quan BHXH không khớp với kết quả của cổng ({reason}).', 'The agency’s answer does not match the gateway’s result ({reason}).', ...DISTRUST],
} as const satisfies Record<string, Row>;

export type ClientErrorCode = keyof typeof clientTexts;

/** What every error of the client can say. */
export interface Explanation {
  readonly code: string;
  /** File, URL or element it is about. */
  readonly place: string;
  readonly vi: string;
  readonly en: string;
  readonly actionVi: string;
  readonly actionEn: string;
}

export class ClientError extends Error implements Explanation {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly place: string;
  readonly vi: string;
  readonly en: string;
  readonly actionVi: string;
  readonly actionEn: string;

  constructor(code: ClientErrorCode, place: string, reason = '', options?: ErrorOptions) {
    const [vi, en, actionVi, actionEn] = clientTexts[code];
    const fill = (text: string): string => text.replace('{reason}', () => reason);
    super(`${place}: ${fill(en)} ${actionEn}`, options);
    this.code = code;
    this.place = place;
    this.vi = fill(vi);
    this.en = fill(en);
    this.actionVi = actionVi;
    this.actionEn = actionEn;
  }
}

export interface ProblemFacts extends Explanation {
  readonly status: number;
  readonly requestId: string;
  /** Seconds the gateway asks to wait, when it does. */
  readonly retryAfter: number | undefined;
}

/** The gateway did not take the request; nothing was recorded, or (500) it cannot say. */
export class GatewayProblem extends Error implements ProblemFacts {
  override readonly name = 'GatewayProblem';
  readonly status: number;
  readonly code: string;
  readonly place: string;
  readonly vi: string;
  readonly en: string;
  readonly actionVi: string;
  readonly actionEn: string;
  readonly requestId: string;
  readonly retryAfter: number | undefined;

  constructor(facts: ProblemFacts) {
    super(`${facts.place}: ${facts.en} (${facts.code}, HTTP ${facts.status}) ${facts.actionEn}`);
    this.status = facts.status;
    this.code = facts.code;
    this.place = facts.place;
    this.vi = facts.vi;
    this.en = facts.en;
    this.actionVi = facts.actionVi;
    this.actionEn = facts.actionEn;
    this.requestId = facts.requestId;
    this.retryAfter = facts.retryAfter;
  }
}

/** The words of any error, for `reason`. No `instanceof`: the runtime's own errors may come from another realm. */
export function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
