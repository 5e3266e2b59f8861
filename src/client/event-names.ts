// What the kinds of events are called in Vietnamese, for whoever shows them. A kind that is not here yet, told by a newer gateway, has its own name only.
// A test holds them against the kinds that there are.
export const eventNames: ReadonlyMap<string, string> = new Map([
  ['accepted', 'tiếp nhận'],
  ['refused', 'từ chối'],
  ['conflict', 'trùng hồ sơ'],
  ['forwarded', 'đã chuyển cơ quan'],
  ['slip', 'phiếu tiếp nhận, hẹn trả'],
  ['step', 'đang giải quyết'],
  ['supplement-requested', 'yêu cầu bổ sung'],
  ['supplement-received', 'đã nhận bổ sung'],
  ['apology', 'xin lỗi, hẹn lại'],
  ['result', 'kết quả'],
  ['notice', 'thông báo'],
  ['deadline-near', 'sắp đến hạn'],
  ['deadline-missed', 'quá hạn'],
  ['deadline-moved', 'dời hạn'],
  ['resend-demanded', 'yêu cầu gửi lại'],
  ['outage-began', 'có sự cố'],
  ['outage-ended', 'sự cố đã khắc phục'],
  ['outage-corrected', 'đính chính sự cố'],
]);
