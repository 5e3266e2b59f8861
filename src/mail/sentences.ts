// What a notice by mail says of each kind of event: Vietnamese first, English after it. The notice itself, signed, is at the gateway; the mail says
// that it is there.
import type { FeedKind } from '../store/feeds.ts';

export interface KindWords {
  readonly titleVi: string;
  readonly titleEn: string;
  readonly vi: string;
  readonly en: string;
}

function words(titleVi: string, titleEn: string, vi: string, en: string): KindWords {
  return { titleVi, titleEn, vi, en };
}

export const kindWords: Readonly<Record<FeedKind, KindWords>> = {
  accepted: words('Đã tiếp nhận hồ sơ', 'Dossier received', 'Cổng đã tiếp nhận hồ sơ và phát hành biên nhận có chữ ký số.', 'The gateway has received the dossier and issued a signed receipt.'),
  refused: words('Hồ sơ bị từ chối', 'Dossier refused', 'Hồ sơ không được tiếp nhận; văn bản từ chối nêu mọi lỗi và cách sửa.', 'The dossier was not accepted; the refusal names every finding and what to do.'),
  conflict: words('Hồ sơ trùng khóa', 'Dossier in conflict', 'Khóa của lần nộp này đã dùng cho nội dung khác.', 'The key of this submission was used for other content before.'),
  forwarded: words('Đã chuyển cơ quan BHXH', 'Forwarded to the agency', 'Hồ sơ đã được chuyển đến cơ quan BHXH.', 'The dossier was handed over to the agency.'),
  slip: words('Giấy tiếp nhận và hẹn trả kết quả', 'Slip of reception', 'Cơ quan BHXH đã tiếp nhận hồ sơ và hẹn ngày trả kết quả.', 'The agency has taken up the dossier and named the day of its result.'),
  step: words('Hồ sơ đang được giải quyết', 'Dossier in progress', 'Hồ sơ chuyển sang bước xử lý tiếp theo.', 'The dossier has gone to the next step.'),
  'supplement-requested': words('Yêu cầu bổ sung hồ sơ', 'Supplement requested', 'Cơ quan BHXH yêu cầu bổ sung hoặc sửa hồ sơ.', 'The agency asks for a supplement or a correction.'),
  'supplement-received': words('Đã nhận hồ sơ bổ sung', 'Supplement received', 'Hồ sơ bổ sung đã được tiếp nhận.', 'The supplement was received.'),
  apology: words('Xin lỗi và hẹn lại ngày trả kết quả', 'Apology and a new date', 'Kết quả chưa trả được đúng hạn; văn bản xin lỗi nêu ngày hẹn mới.', 'The result will not be there in time; the letter names the new date.'),
  result: words('Đã có kết quả', 'The result is there', 'Kết quả giải quyết hồ sơ đã có, có chữ ký số.', 'The signed result of the dossier is there.'),
  notice: words('Thông báo của cơ quan BHXH', 'Notice of the agency', 'Cơ quan BHXH đã phát hành một thông báo cho đơn vị.', 'The agency has issued a notice to the unit.'),
  'deadline-near': words('Sắp đến hạn', 'A deadline is near', 'Một thời hạn của hồ sơ sắp hết.', 'A time limit of the dossier is about to end.'),
  'deadline-missed': words('Đã quá hạn', 'A deadline was missed', 'Một thời hạn của hồ sơ đã qua; việc chậm đã được ghi nhận.', 'A time limit of the dossier has passed; the delay is on record.'),
  'deadline-moved': words('Thời hạn được lùi', 'A deadline was moved', 'Một thời hạn của hồ sơ đã được lùi theo quy định.', 'A time limit of the dossier was moved as the law provides.'),
  'resend-demanded': words('Đề nghị gửi lại hồ sơ điện tử', 'Electronic re-send demanded', 'Sau sự cố, đề nghị gửi lại hồ sơ bằng phương thức điện tử.', 'After the outage the dossier is to be sent again electronically.'),
  'outage-began': words('Có sự cố', 'An outage', 'Đang có sự cố ảnh hưởng đến hồ sơ chưa giải quyết xong; thông báo nêu hệ thống, nguyên nhân và thời điểm bắt đầu.', 'An outage concerns dossiers that are not settled yet; the statement names the system, the cause and the beginning.'),
  'outage-ended': words('Sự cố đã khắc phục', 'The outage is over', 'Sự cố đã được khắc phục; thời hạn rơi vào sự cố đã được gia hạn theo quy định.', 'The outage is over; deadlines that fell into it were moved as the law provides.'),
  'outage-corrected': words('Đính chính thông báo sự cố', 'A statement on an outage corrected', 'Thông báo về sự cố đã được đính chính; văn bản nêu lý do.', 'What was said of an outage has been corrected; the statement gives the reason.'),
};
