// The calls over webhooks and mail, and the certificate by which a receiver knows the gateway.
import { sendPem } from '../certificates.ts';
import { mailHandlers, webhookHandlers } from '../subscriptions.ts';
import type { Operation, Parameter } from './operation.ts';
import { pattern, ref, text } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';
import { unitParameter } from './unit-parameter.ts';

const json = (name: string): Readonly<Record<string, JsonSchema>> => ({ 'application/json': ref(name) });
const common = { group: 'subscriptions', caller: 'sender' } as const;
const asking = ['QUERY_NAME', 'QUERY_VALUE', 'FEED_AMBIGUOUS', 'FEED_CALLER', 'FEED_CONTRACT', 'FEED_CERTIFICATE', 'FEED_FOREIGN', 'UNAVAILABLE'] as const;
const known = [...asking, 'SUBSCRIPTION_UNKNOWN'] as const;
const body = ['FIELD_INVALID', 'BODY_EMPTY', 'BODY_COMPRESSION', 'BODY_INCOMPLETE', 'JSON_MALFORMED', 'BODY_TIMEOUT', 'BODY_TOO_LARGE', 'MEDIA_TYPE', 'CONTENT_ENCODING'] as const;
const id: Parameter = { in: 'path', name: 'id', vi: 'Số của đăng ký', en: 'Number of the subscription', schema: pattern('^\\d+$'), example: '1' };
const token: Parameter = { in: 'query', name: 'token', required: true, vi: 'Mã trong liên kết đã gửi', en: 'What stands in the link that was sent', schema: pattern('^[A-Za-z0-9_-]{43}$'), example: 'A'.repeat(43) };

export const webhookOperations: readonly Operation[] = [
  {
    ...common, id: 'registerWebhook', method: 'POST', path: '/v1/webhooks', parameters: [unitParameter], body: json('NewWebhook'), problems: [...asking, ...body, 'SUBSCRIPTION_EXISTS', 'SUBSCRIPTIONS_MANY', 'SUBSCRIPTIONS_FAST'], handler: (gateway) => webhookHandlers(gateway).register,
    summary: { vi: 'Đăng ký webhook; cổng gửi thử ngay', en: 'Register a webhook; it is tested at once' },
    description: {
      vi: 'Mỗi sự kiện của bên gửi được POST tới địa chỉ này (WebhookEvent), ký theo RFC 9421 bằng khóa của cổng; trả lời 2xx là đã nhận, 410 là chấm dứt. Lặp lại nhận biết bằng ivan-event-id, thiếu nhận biết bằng position.',
      en: 'Each event of the sender is posted there (WebhookEvent), signed by RFC 9421 with the gateway’s key; 2xx says received, 410 ends the subscription. A repeat shows by ivan-event-id, a gap by position. Tried for three days; in order for each dossier.',
    },
    answers: [{ status: 201, vi: 'Đã đăng ký; active khi đã trả lời 2xx lần gửi thử', en: 'Registered; active when it answered the test with 2xx', media: json('RegisteredWebhook'), headers: ['Location'] }],
  },
  {
    ...common, id: 'listWebhooks', method: 'GET', path: '/v1/webhooks', parameters: [unitParameter], problems: asking, handler: (gateway) => webhookHandlers(gateway).list,
    summary: { vi: 'Webhook của mình', en: 'One’s own webhooks' }, answers: [{ status: 200, vi: 'Đang có', en: 'Those that are not ended', media: json('Webhooks') }],
  },
  {
    ...common, id: 'showWebhook', method: 'GET', path: '/v1/webhooks/{id}', parameters: [id, unitParameter], problems: known, handler: (gateway) => webhookHandlers(gateway).show,
    summary: { vi: 'Một webhook: đang chờ, bị ngừng gửi, lịch sử', en: 'One webhook: what waits, what was given up, its history' }, answers: [{ status: 200, vi: 'Webhook', en: 'The webhook', media: json('WebhookWhole') }],
  },
  {
    ...common, id: 'changeWebhook', method: 'PATCH', path: '/v1/webhooks/{id}', parameters: [id, unitParameter], body: json('SubscriptionChange'), problems: [...known, ...body, 'SUBSCRIPTION_UNCONFIRMED', 'SUBSCRIPTIONS_FAST'], handler: (gateway) => webhookHandlers(gateway).change,
    summary: { vi: 'Đổi loại sự kiện, tạm dừng, tiếp tục', en: 'Change its kinds, pause or resume it; what happens during a pause waits' }, answers: [{ status: 200, vi: 'Sau khi đổi', en: 'As it then stands', media: json('WebhookWhole') }],
  },
  {
    ...common, id: 'endWebhook', method: 'DELETE', path: '/v1/webhooks/{id}', parameters: [id, unitParameter], problems: known, handler: (gateway) => webhookHandlers(gateway).end,
    summary: { vi: 'Chấm dứt; những gì đang chờ được bỏ', en: 'End it; what waits is dropped' }, answers: [{ status: 200, vi: 'Đã chấm dứt', en: 'Ended', media: json('WebhookWhole') }],
  },
  {
    ...common, id: 'testWebhook', method: 'POST', path: '/v1/webhooks/{id}/test', parameters: [id, unitParameter], problems: [...known, 'SUBSCRIPTIONS_FAST'], handler: (gateway) => webhookHandlers(gateway).test,
    summary: { vi: 'Gửi thử một sự kiện có chữ ký', en: 'Send a signed test event' }, answers: [{ status: 200, vi: 'Nơi nhận trả lời thế nào', en: 'How the receiver answered', media: json('WebhookTest') }],
  },
  {
    id: 'gatewayCertificate', method: 'GET', path: '/v1/certificates/gateway', group: 'subscriptions', parameters: [], problems: [], handler: ({ signingChain }) => sendPem(signingChain),
    summary: { vi: 'Chứng thư mà cổng dùng để ký biên nhận, kết quả và webhook', en: 'The certificate that receipts, results and webhooks are signed with' },
    description: { vi: 'keyid của chữ ký là SHA-256 của chứng thư đầu tiên.', en: 'The keyid of a signature is the SHA-256 of the first certificate. Trust it by its path to an authority, not because it stands here.' },
    answers: [{ status: 200, vi: 'Chuỗi chứng thư', en: 'The chain', media: { 'application/pem-certificate-chain': text } }],
  },
];

const page = { 'text/html': text };
const link = { group: 'subscriptions', parameters: [token] } as const;
const opened = [{ status: 200, vi: 'Trang với một nút', en: 'A page with a button', media: page }];
const done = [{ status: 200, vi: 'Đã xong', en: 'Done', media: page }];

export const mailOperations: readonly Operation[] = [
  {
    ...common, id: 'subscribeByMail', method: 'POST', path: '/v1/mail-subscriptions', parameters: [unitParameter], body: json('NewMailSubscription'), problems: [...asking, ...body, 'SUBSCRIPTION_EXISTS', 'SUBSCRIPTIONS_MANY', 'SUBSCRIPTIONS_FAST', 'MAIL_OFF'], handler: (gateway) => mailHandlers(gateway).register,
    summary: { vi: 'Nhận thông báo qua thư điện tử', en: 'Be told by mail' },
    description: { vi: 'Không gửi gì trước khi chủ địa chỉ mở liên kết xác nhận. Không có kinds: những loại thường cần.', en: 'Nothing is sent before the owner of the address has confirmed it by the link. Without kinds: accepted, slip, supplement-requested, apology, result, notice; null: every kind.' },
    answers: [{ status: 201, vi: 'Chờ xác nhận', en: 'Waits for the confirmation', media: json('NewlyMailed'), headers: ['Location'] }],
  },
  {
    ...common, id: 'listMailSubscriptions', method: 'GET', path: '/v1/mail-subscriptions', parameters: [unitParameter], problems: asking, handler: (gateway) => mailHandlers(gateway).list,
    summary: { vi: 'Các địa chỉ của mình', en: 'One’s own addresses' }, answers: [{ status: 200, vi: 'Đang có', en: 'Those that are not ended', media: json('MailSubscriptions') }],
  },
  {
    ...link, id: 'openConfirmation', method: 'GET', path: '/v1/mail-subscriptions/confirm', problems: ['LINK_UNKNOWN'], handler: (gateway) => mailHandlers(gateway).showConfirm, answers: opened,
    summary: { vi: 'Trang xác nhận địa chỉ', en: 'The page to confirm an address' },
  },
  {
    ...link, id: 'confirmMail', method: 'POST', path: '/v1/mail-subscriptions/confirm', problems: ['LINK_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => mailHandlers(gateway).confirm, answers: done,
    summary: { vi: 'Xác nhận địa chỉ', en: 'Confirm an address' },
  },
  {
    ...link, id: 'openUnsubscription', method: 'GET', path: '/v1/mail-subscriptions/unsubscribe', problems: ['LINK_UNKNOWN'], handler: (gateway) => mailHandlers(gateway).showUnsubscribe, answers: opened,
    summary: { vi: 'Trang ngừng nhận thư', en: 'The page to unsubscribe' },
  },
  {
    ...link, id: 'unsubscribeMail', method: 'POST', path: '/v1/mail-subscriptions/unsubscribe', problems: ['LINK_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => mailHandlers(gateway).unsubscribe, answers: done,
    summary: { vi: 'Ngừng nhận thư (RFC 8058)', en: 'Unsubscribe (RFC 8058)' },
  },
  {
    ...common, id: 'showMailSubscription', method: 'GET', path: '/v1/mail-subscriptions/{id}', parameters: [id, unitParameter], problems: known, handler: (gateway) => mailHandlers(gateway).show,
    summary: { vi: 'Một địa chỉ, với lịch sử', en: 'One address, with its history' }, answers: [{ status: 200, vi: 'Đăng ký', en: 'The subscription', media: json('MailSubscriptionWhole') }],
  },
  {
    ...common, id: 'changeMailSubscription', method: 'PATCH', path: '/v1/mail-subscriptions/{id}', parameters: [id, unitParameter], body: json('SubscriptionChange'), problems: [...known, ...body, 'SUBSCRIPTION_UNCONFIRMED', 'SUBSCRIPTIONS_FAST'], handler: (gateway) => mailHandlers(gateway).change,
    summary: { vi: 'Đổi loại sự kiện, tạm dừng, tiếp tục', en: 'Change its kinds, pause or resume it' }, answers: [{ status: 200, vi: 'Sau khi đổi', en: 'As it then stands', media: json('MailSubscriptionWhole') }],
  },
  {
    ...common, id: 'endMailSubscription', method: 'DELETE', path: '/v1/mail-subscriptions/{id}', parameters: [id, unitParameter], problems: known, handler: (gateway) => mailHandlers(gateway).end,
    summary: { vi: 'Chấm dứt', en: 'End it' }, answers: [{ status: 200, vi: 'Đã chấm dứt', en: 'Ended', media: json('MailSubscriptionWhole') }],
  },
  {
    ...common, id: 'remindMail', method: 'POST', path: '/v1/mail-subscriptions/{id}/confirmation', parameters: [id, unitParameter], problems: [...known, 'MAIL_OFF', 'SUBSCRIPTIONS_MANY', 'SUBSCRIPTIONS_FAST'], handler: (gateway) => mailHandlers(gateway).remind,
    summary: { vi: 'Gửi lại thư xác nhận', en: 'Send the confirmation again' }, answers: [{ status: 200, vi: 'Đã gửi hay chưa', en: 'Whether it was sent', media: json('ConfirmationSent') }],
  },
];
