// The closed list of admission failures (RFC 9457 problem details): what was wrong with the request before any dossier was read.

import { fillIn } from './reasons.ts';

export interface ProblemText {
  readonly status: number;
  readonly vi: string;
  readonly en: string;
  readonly actionVi: string;
  readonly actionEn: string;
}

type Row = readonly [status: number, vi: string, en: string, actionVi: string, actionEn: string];

function problem([status, vi, en, actionVi, actionEn]: Row): ProblemText {
  return { status, vi, en, actionVi, actionEn };
}

export const problemTexts = {
  BODY_EMPTY: problem([400, 'Yêu cầu không có nội dung.', 'The request has no body.', 'Gửi tệp Hoso làm nội dung của yêu cầu.', 'Send the Hoso file as the body of the request.']),
  BODY_COMPRESSION: problem([400, 'Nội dung nén gzip bị hỏng.', 'The gzip body is damaged.', 'Nén lại hoặc gửi không nén.', 'Compress again, or send uncompressed.']),
  BODY_INCOMPLETE: problem([400, 'Kết nối bị ngắt trước khi nhận đủ nội dung.', 'The connection ended before the whole body had arrived.', 'Gửi lại cùng nội dung; gửi trùng luôn an toàn.', 'Send the same bytes again; a resend is always safe.']),
  DIGEST_FORMAT: problem([400, 'Mã băm phải là 64 chữ số thập lục phân (SHA-256).', 'The digest must be 64 hexadecimal digits (SHA-256).', 'Tính SHA-256 của đúng các byte đã gửi.', 'Compute SHA-256 over the very bytes that were sent.']),
  KEY_FORMAT: problem([400, 'Idempotency-Key phải có 1 đến 128 ký tự ASCII in được.', 'Idempotency-Key must be 1 to 128 printable ASCII characters.', 'Sửa hoặc bỏ tiêu đề này.', 'Correct the header or leave it out.']),
  SUPPLEMENTS_FORMAT: problem([400, 'Ivan-Supplements phải là SHA-256 (64 chữ số thập lục phân) của hồ sơ được bổ sung.', 'Ivan-Supplements must be the SHA-256 (64 hexadecimal digits) of the dossier that is supplemented.', 'Tính SHA-256 của đúng các byte của hồ sơ trước, hoặc bỏ tiêu đề này nếu là hồ sơ mới.', 'Compute SHA-256 over the very bytes of the earlier dossier; leave the header out for a new one.']),
  QUERY_UNKNOWN: problem([400, 'Tham số sau dấu ? không hợp lệ.', 'What follows the ? is not known here.', 'Chỉ dùng ?dry-run (không có giá trị), hoặc bỏ hẳn.', 'Use ?dry-run without a value, or nothing.']),
  QUERY_NAME: problem([400, 'Tham số "{name}" thiếu, lặp lại hoặc không dùng được ở đây.', 'The parameter "{name}" is missing, repeated or not known here.', 'Tham số dùng được ở đây: {allowed}.', 'Known here: {allowed}.']),
  QUERY_VALUE: problem([400, 'Giá trị của tham số "{name}" không hợp lệ.', 'The value of the parameter "{name}" is not valid.', 'Viết như: {example}', 'Write it like: {example}']),
  IDENTITY_UNKNOWN: problem([403, 'Chứng thư máy khách {fingerprint} chưa được đăng ký cho I-VAN nào.', 'Client certificate {fingerprint} is not registered for any I-VAN.', 'Đăng ký chứng thư với BHXH Việt Nam, hoặc nộp trực tiếp không kèm chứng thư.', 'Register the certificate with Vietnam Social Security, or file directly without one.']),
  OPERATOR_UNKNOWN: problem([403, 'Chỉ người vận hành có chứng thư máy khách đã đăng ký mới được dùng lời gọi này.', 'Only an operator with a registered client certificate may use this call.', 'Dùng chứng thư ghi trong GATEWAY_OPERATORS_FILE.', 'Use a certificate named in GATEWAY_OPERATORS_FILE.']),
  OPERATOR_CERTIFICATE_TIME: problem([403, 'Chứng thư máy khách của người vận hành chỉ có hiệu lực từ {from} đến {until}.', 'The operator’s client certificate is valid from {from} until {until} only.', 'Dùng chứng thư còn hiệu lực và ghi nó vào GATEWAY_OPERATORS_FILE.', 'Use a certificate that is valid now, named in GATEWAY_OPERATORS_FILE.']),
  AGENCY_UNKNOWN: problem([403, 'Chỉ cơ quan có chứng thư máy khách ghi trong tệp tuyến mới được nhận hồ sơ bằng lời gọi này.', 'Only an agency whose client certificate the route file names may fetch dossiers.', 'Báo người vận hành cổng ghi chứng thư vào pull.clients của GATEWAY_ROUTES_FILE.', 'Ask the gateway’s operator to name the certificate in pull.clients of GATEWAY_ROUTES_FILE.']),
  AGENCY_CERTIFICATE_TIME: problem([403, 'Chứng thư máy khách của cơ quan chỉ có hiệu lực từ {from} đến {until}.', 'The agency’s client certificate is valid from {from} until {until} only.', 'Dùng chứng thư còn hiệu lực có trong tệp tuyến.', 'Use a certificate that is valid now, named in the route file.']),
  IVAN_REQUIRED: problem([403, 'Chỉ I-VAN có chứng thư máy khách đã đăng ký mới được gửi và tra cứu đăng ký sử dụng dịch vụ I-VAN.', 'Only an I-VAN with a registered client certificate may send registrations and ask for them.', 'Kết nối bằng chứng thư máy khách của I-VAN.', 'Connect with the I-VAN’s client certificate.']),
  FEED_CALLER: problem([403, 'Chỉ I-VAN hoặc đơn vị có chứng thư máy khách đã đăng ký mới có luồng sự kiện.', 'Only an I-VAN or a unit with a registered client certificate has a feed of events.', 'Kết nối bằng chứng thư đã đăng ký, hoặc hỏi từng hồ sơ tại /v1/dossiers/<SHA-256>/events.', 'Connect with a registered certificate, or ask for one dossier at /v1/dossiers/<SHA-256>/events.']),
  FEED_CONTRACT: problem([403, 'Hợp đồng của I-VAN {ivan} không có hiệu lực; luồng sự kiện bị đóng.', 'The contract of I-VAN {ivan} is not in force; its feed is closed.', 'I-VAN liên hệ BHXH Việt Nam; từng hồ sơ vẫn hỏi được tại /v1/dossiers/<SHA-256>/events.', 'The I-VAN turns to Vietnam Social Security; each dossier can still be asked for at /v1/dossiers/<SHA-256>/events.']),
  FEED_CERTIFICATE: problem([403, 'Chứng thư máy khách của đơn vị không được tin cậy: {reason}.', 'The unit’s client certificate is not trusted: {reason}.', 'Dùng chứng thư còn hiệu lực, chưa bị thu hồi và đã đăng ký.', 'Use a registered certificate that is valid and not revoked.']),
  FEED_FOREIGN: problem([403, 'Chứng thư này không đăng ký cho đơn vị được hỏi.', 'This certificate is not registered for the unit asked about.', 'Đơn vị của chứng thư này: {units}.', 'The units of this certificate: {units}.']),
  FEED_AMBIGUOUS: problem([400, 'Chứng thư này đăng ký cho nhiều đơn vị: {units}.', 'This certificate is registered for several units: {units}.', 'Chọn một đơn vị bằng ?unit=<cơ quan>/<mã đơn vị>.', 'Name one by ?unit=<agency>/<unit code>.']),
  FEED_POSITION: problem([400, 'Vị trí {after} vượt quá sự kiện cuối cùng ({last}).', 'Position {after} is beyond the last event ({last}).', 'Hỏi tiếp từ vị trí của sự kiện cuối cùng đã nhận; nhầm môi trường hoặc nhầm luồng thì bắt đầu lại từ 0.', 'Go on from the last position you were given; from 0 if it was another gateway’s or another feed’s.']),
  SUBSCRIPTION_UNKNOWN: problem([404, 'Không có đăng ký nhận tin này, hoặc đã chấm dứt.', 'There is no such subscription, or it has ended.', 'Xem danh sách đăng ký của mình.', 'See the list of your own subscriptions.']),
  SUBSCRIPTION_UNCONFIRMED: problem([409, 'Nơi nhận chưa xác nhận.', 'The receiver has not confirmed yet.', 'Webhook: gửi thử (…/test) và trả lời 2xx; thư điện tử: mở liên kết xác nhận.', 'Webhook: have it tested (…/test) and answer 2xx; mail: open the link that was sent.']),
  SUBSCRIPTION_EXISTS: problem([409, 'Địa chỉ này đã được đăng ký với số {reason}.', 'This address is subscribed already, with number {reason}.', 'Dùng hoặc sửa đăng ký đó.', 'Use that subscription, or change it.']),
  SUBSCRIPTIONS_MANY: problem([409, 'Đã đạt số lượng tối đa: {maximum}.', 'There are as many as there may be: {maximum}.', 'Chấm dứt đăng ký không dùng nữa, hoặc thử lại vào ngày sau.', 'End one that is not needed, or try again another day.']),
  SUBSCRIPTIONS_FAST: problem([429, 'Gọi thử, đăng ký và thay đổi quá nhanh: nhiều nhất {maximum} lần liền, sau đó {each} giây một lần.', 'Tests, registrations and changes come too fast: at most {maximum} in a row, then one each {each} seconds.', 'Gọi lại sau {seconds} giây.', 'Call again after {seconds} seconds.']),
  MAIL_OFF: problem([501, 'Cổng này không gửi thư điện tử.', 'This gateway sends no mail.', 'Dùng webhook hoặc GET /v1/events.', 'Use a webhook or GET /v1/events.']),
  LINK_UNKNOWN: problem([404, 'Liên kết không đúng hoặc đã hết hạn.', 'The link is not right or no longer holds.', 'Đề nghị bên đăng ký gửi lại thư xác nhận.', 'Have whoever registered the address send the message again.']),
  JSON_MALFORMED: problem([400, 'Nội dung không phải là JSON UTF-8.', 'The body is not JSON in UTF-8.', 'Gửi application/json đúng cú pháp.', 'Send well-formed application/json.']),
  FIELD_INVALID: problem([400, 'Thiếu trường, hoặc trường không hợp lệ: {reason}.', 'A field is missing or not valid: {reason}.', 'Sửa trường được nêu; xem danh sách lời gọi trong README.', 'Correct the field named; see the list of calls in the README.']),
  BACKEND_UNKNOWN: problem([400, 'Không có hệ thống xử lý nào như vậy: {reason}.', 'There is no such backend: {reason}.', 'Chọn một trong các hệ thống có trong tệp tuyến (GATEWAY_ROUTES_FILE).', 'Name one of those in the route file (GATEWAY_ROUTES_FILE).']),
  ROUTE_UNKNOWN: problem([404, 'Không bỏ được tuyến {reason}: không có tuyến này, hoặc đó là tuyến chung.', 'The route {reason} cannot be taken out: it is not there, or it is everybody’s.', 'Xem /v1/admin/routes.', 'See /v1/admin/routes.']),
  LANE_UNKNOWN: problem([404, 'Không có nơi nhận {reason}.', 'There is no lane {reason}.', 'Xem /v1/admin/lanes.', 'See /v1/admin/lanes.']),
  DEAD_LETTER_UNKNOWN: problem([404, 'Không có hồ sơ nào bị ngừng gửi với số {reason}.', 'No delivery {reason} was given up.', 'Xem /v1/admin/dead-letters.', 'See /v1/admin/dead-letters.']),
  AGENCY_MESSAGE_UNKNOWN: problem([404, 'Không có thông điệp nào của cơ quan BHXH với số {reason}.', 'There is no agency’s message {reason}.', 'Xem /v1/admin/agency-messages.', 'See /v1/admin/agency-messages.']),
  NOTICE_UNKNOWN: problem([404, 'Không có thông báo {reason} nào như vậy cho bên hỏi.', 'There is no such notice {reason} for whoever asks.', 'Xem danh sách thông báo của hồ sơ; đơn vị chỉ lấy được thông báo gửi cho chính mình.', 'See the dossier’s list of notices; a unit can fetch only what is for itself.']),
  UNIT_REQUIRED: problem([403, 'Chỉ đơn vị có chứng thư số đã đăng ký mới lấy được thông báo gửi đơn vị.', 'A notice to a unit is for a unit with a registered certificate only.', 'Kết nối bằng chứng thư số mà đơn vị đã đăng ký với cơ quan BHXH.', 'Connect with the certificate that the unit registered with its agency.']),
  DOSSIER_UNKNOWN: problem([404, 'Không có hồ sơ này cho cơ quan gọi.', 'There is no such dossier for the agency that calls.', 'Kiểm tra mã băm; hồ sơ có thể đã được chuyển tuyến sang hệ thống khác.', 'Check the digest; an operator may have sent the dossier another way.']),
  DOSSIER_NOT_LEASED: problem([409, 'Hồ sơ này chưa được giao, hoặc đã được trả lời khác.', 'This dossier was not given to the agency, or was answered otherwise.', 'Nhận lại bằng GET /v1/agency/dossiers rồi trả lời.', 'Fetch it by GET /v1/agency/dossiers, then answer.']),
  CONTRACT_UNKNOWN: problem([404, 'Không có hợp đồng số {number}.', 'There is no contract {number}.', 'Xem danh sách tại /v1/admin/contracts.', 'See the list at /v1/admin/contracts.']),
  CERTIFICATE_UNKNOWN: problem([404, 'Hợp đồng không có chứng thư {fingerprint} còn hiệu lực.', 'The contract has no certificate {fingerprint} that was not ended.', 'Xem chứng thư của hợp đồng rồi gửi lại.', 'Look at the contract’s certificates and send again.']),
  REGISTRATION_UNKNOWN: problem([404, 'Không có đăng ký này.', 'There is no such registration.', 'Kiểm tra mã băm hoặc số thứ tự; I-VAN chỉ tra cứu được đăng ký do chính mình gửi.', 'Check the digest or number; an I-VAN can ask only for what it sent itself.']),
  CONTRACT_EXISTS: problem([409, 'Số hợp đồng {number} đã có.', 'The contract number {number} is taken.', 'Chọn số khác.', 'Choose another number.']),
  TRANSITION_ILLEGAL: problem([409, 'Không thể thực hiện {action} khi hợp đồng ở trạng thái {state}; có thể: {allowed}.', 'The step {action} is not possible in the state {state}; possible are: {allowed}.', 'Xem trạng thái hiện tại rồi chọn bước phù hợp.', 'Look at the present state and choose a step that fits.']),
  CHECKLIST_INCOMPLETE: problem([409, 'Các điều kiện bắt buộc chưa đạt hoặc chưa đánh giá: {items}.', 'Obligatory items are not met or not answered: {items}.', 'Bổ sung đánh giá và minh chứng, hoặc từ chối đề nghị.', 'Answer them with evidence, or reject the application.']),
  CERTIFICATE_NEEDED: problem([409, 'Hợp đồng chưa có chứng thư máy khách nào.', 'The contract has no client certificate yet.', 'Đăng ký chứng thư máy khách trước khi kích hoạt.', 'Register a client certificate before activating.']),
  CERTIFICATE_TAKEN: problem([409, 'Chứng thư này đã đăng ký cho hợp đồng {number}.', 'This certificate is registered under contract {number}.', 'Chấm dứt đăng ký cũ trước, hoặc dùng chứng thư khác.', 'End the other entry first, or use another certificate.']),
  REGISTRATION_DECIDED: problem([409, 'Đăng ký này đã được giải quyết, hoặc đã bị từ chối khi tiếp nhận.', 'This registration is decided already, or was refused on reception.', 'Xem thông báo đã phát hành; quyết định không thay đổi được.', 'See the notice that was issued; a decision is not changed.']),
  REGISTRATION_OVERTAKEN: problem([409, 'Sổ đăng ký đã thay đổi sau khi tiếp nhận; không thể chấp nhận: {reason}.', 'The register has changed since reception; this cannot be accepted: {reason}.', 'Từ chối đăng ký này kèm lý do.', 'Refuse this registration with a reason.']),
  UNIT_NOT_TIED: problem([409, 'Chưa có căn cứ cho thấy mã đơn vị {unit} thuộc mã số thuế {taxCode}.', 'Nothing known here says that unit code {unit} belongs to tax code {taxCode}.', 'Xác minh rồi chấp nhận kèm unitGrounds (căn cứ), hoặc từ chối kèm lý do.', 'Make sure, then accept with unitGrounds (on what grounds), or refuse with a reason.']),
  OUTAGE_UNKNOWN: problem([404, 'Sổ sự cố không có {reference}.', 'The ledger has no outage {reference}.', 'Xem danh sách tại /v1/outages.', 'See the list at /v1/outages.']),
  OUTAGE_ENDED: problem([409, 'Sự cố {reference} đã kết thúc lúc {at}.', 'The outage {reference} ended at {at}.', 'Nếu thời điểm đó sai, hãy đính chính.', 'If that instant is wrong, correct it.']),
  PROPOSAL_UNKNOWN: problem([404, 'Không có đề xuất sự cố {id}.', 'There is no proposed outage {id}.', 'Xem danh sách tại /v1/admin/outage-proposals.', 'See the list at /v1/admin/outage-proposals.']),
  PROPOSAL_DECIDED: problem([409, 'Đề xuất sự cố {id} đã được quyết định.', 'The proposed outage {id} was decided before.', 'Mở hoặc đính chính sự cố tại /v1/admin/outages nếu cần.', 'Open or correct an outage at /v1/admin/outages if need be.']),
  OUTAGE_MISSES: problem([409, 'Thời điểm {deadline} không rơi vào sự cố {reference} của cơ quan này.', 'The instant {deadline} did not fall into the outage {reference} of that agency.', 'Kiểm tra ngày, cơ quan và mã sự cố tại /v1/outages.', 'Check day, agency and outage at /v1/outages.']),
  UNIT_NOT_YOURS: problem([403, 'Chứng thư máy khách này không thuộc đơn vị {unit} và không phải của I-VAN mà đơn vị sử dụng.', 'This client certificate is neither the unit {unit}’s own nor that of an I-VAN it uses.', 'Dùng chứng thư đã đăng ký của đơn vị, hoặc gửi qua I-VAN của đơn vị.', 'Use the unit’s registered certificate, or ask through its I-VAN.']),
  PAPER_NUMBER_TAKEN: problem([409, 'Số hồ sơ giấy {number} của cơ quan này đã được báo với nội dung khác.', 'The agency’s paper number {number} was reported with other particulars.', 'Kiểm tra số hồ sơ giấy.', 'Check the paper number.']),
  MAINTENANCE_NOTICE: problem([409, 'Bảo trì phải được thông báo trước ít nhất {days} ngày; sớm nhất là {earliest}.', 'Maintenance is to be announced at least {days} days ahead; the earliest start is {earliest}.', 'Chọn thời gian bắt đầu từ {earliest} trở đi.', 'Choose a start at {earliest} or later.']),
  NOT_FOUND: problem([404, 'Không có địa chỉ này.', 'There is nothing at this address.', 'Xem danh sách lời gọi tại /v1/openapi.json.', 'See the list of calls at /v1/openapi.json.']),
  ENTRY_UNKNOWN: problem([404, 'Danh mục không có "{code}", hoặc không có hiệu lực trong ngày được hỏi.', 'The list has no "{code}", or none in force on the day asked about.', 'Xem danh mục tại {list}.', 'See the list at {list}.']),
  METHOD: problem([405, 'Phương thức {method} không dùng được ở đây.', 'Method {method} is not available here.', 'Dùng: {allowed}.', 'Use: {allowed}.']),
  NOT_ACCEPTABLE: problem([406, 'Ở đây chỉ có các dạng: {types}.', 'Only these media types are to be had here: {types}.', 'Đặt Accept là một trong các dạng đó, hoặc bỏ tiêu đề này.', 'Set Accept to one of them, or leave the header out.']),
  BODY_TIMEOUT: problem([408, 'Nội dung không đến đủ trong {seconds} giây.', 'The body did not arrive within {seconds} seconds.', 'Kiểm tra đường truyền rồi gửi lại cùng nội dung.', 'Check the connection and send the same bytes again.']),
  BODY_TOO_LARGE: problem([413, 'Nội dung lớn hơn {maximum} byte.', 'The body is larger than {maximum} bytes.', 'Giảm dung lượng tệp đính kèm.', 'Reduce the size of the attachments.']),
  MEDIA_TYPE: problem([415, 'Chỉ nhận {expected}, không nhận {found}.', 'Only {expected} is accepted, not {found}.', 'Đặt Content-Type: {expected} và gửi chính tệp (hồ sơ: tệp Hoso).', 'Set Content-Type: {expected} and send the file itself (for a dossier: the Hoso file).']),
  CONTENT_ENCODING: problem([415, 'Chỉ nhận nội dung không nén hoặc nén gzip, không nhận {found}.', 'Only identity or gzip content encoding is accepted, not {found}.', 'Bỏ nén hoặc nén bằng gzip.', 'Send uncompressed, or compress with gzip.']),
  HEADERS_TOO_LARGE: problem([431, 'Tiêu đề của yêu cầu quá lớn.', 'The headers of the request are too large.', 'Bỏ bớt tiêu đề.', 'Send fewer headers.']),
  REQUEST_MALFORMED: problem([400, 'Yêu cầu HTTP không hợp lệ.', 'The HTTP request is not valid.', 'Kiểm tra thư viện HTTP của phần mềm gửi.', 'Check the HTTP library of the sending software.']),
  INTERNAL: problem([500, 'Cổng gặp lỗi và chưa thể xác nhận đã ghi nhận hồ sơ.', 'The gateway failed and cannot say whether the dossier was recorded.', 'Gửi lại cùng nội dung; nếu còn lỗi, báo mã yêu cầu {requestId}.', 'Send the same bytes again; if it persists, report request id {requestId}.']),
  UNAVAILABLE: problem([503, 'Cổng tạm thời chưa tiếp nhận được: {reason}.', 'The gateway cannot receive at present: {reason}.', 'Gửi lại cùng nội dung sau {seconds} giây.', 'Send the same bytes again after {seconds} seconds.']),
} satisfies Record<string, ProblemText>;

export type ProblemCode = keyof typeof problemTexts;

/** A problem's sentences with `{name}` replaced by its params. */
export function problemSentences(code: ProblemCode, params: Readonly<Record<string, string>>): Omit<ProblemText, 'status'> {
  const { vi, en, actionVi, actionEn } = problemTexts[code];
  return { vi: fillIn(vi, params, 0), en: fillIn(en, params, 1), actionVi: fillIn(actionVi, params, 0), actionEn: fillIn(actionEn, params, 1) };
}
