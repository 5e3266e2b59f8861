// The pages behind the links in mail: a sentence in both languages and at most one button. No script, no style, no frame around it, and no address of
// it handed on.
import type { Response } from 'express';

const pages = {
  confirm: ['Xác nhận nhận thông báo tại địa chỉ thư điện tử này?', 'Confirm that notices are to be sent to this mail address?', 'Xác nhận / Confirm'],
  confirmed: ['Địa chỉ đã được xác nhận.', 'The address is confirmed.', undefined],
  unsubscribe: ['Ngừng gửi thông báo tới địa chỉ thư điện tử này?', 'Send no more notices to this mail address?', 'Ngừng nhận / Unsubscribe'],
  unsubscribed: ['Sẽ không gửi thông báo nữa.', 'No more notices will be sent.', undefined],
} as const;

/** `token` is of [A-Za-z0-9_-] only. */
export function linkPage(response: Response, status: number, page: keyof typeof pages, token = ''): void {
  const [vi, en, button] = pages[page];
  const form = button === undefined ? '' : `<form method="post" action="?token=${token}"><button>${button}</button></form>`;
  response.status(status).set({
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(`<!doctype html><html lang="vi"><meta charset="utf-8"><title>${vi}</title><p>${vi}</p><p lang="en">${en}</p>${form}</html>\n`);
}
