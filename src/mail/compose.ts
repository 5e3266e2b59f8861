// From an event to a message: plain text and the same as HTML, Vietnamese first, instants at +07:00. What comes from a dossier is a word of a
// stranger: it is put on one line, cut to a length and escaped. Message-ID is made of the event, so that a repeat shows as one.
import type { FeedKind } from '../store/feeds.ts';
import { formatDateTime } from '../standard/time.ts';
import { isInstantMember } from '../webhooks/payload.ts';
import { kindWords } from './sentences.ts';

export interface Message {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** For the mail program's own button (RFC 8058); none before the address is confirmed. */
  readonly unsubscribeUrl: string | undefined;
}

export interface MailedEvent {
  readonly subscriptionId: string;
  readonly address: string;
  readonly endToken: string;
  readonly eventId: string;
  readonly kind: FeedKind;
  readonly at: Date;
  readonly dossierNumber: string | null;
  readonly transactionCode: string | null;
  readonly digest: string | null;
  readonly unitName: string | null;
  /** As the event has it: which clock, until when, which paper. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Letterhead {
  /** https origin that links begin with. */
  readonly publicUrl: string;
  readonly name: string;
}

type Line = readonly [label: string, value: string];

export function eventMessage(event: MailedEvent, head: Letterhead): Message {
  const { subscriptionId, address, endToken, eventId, kind, at, dossierNumber, transactionCode, digest, unitName, detail } = event;
  const { titleVi, titleEn, vi, en } = kindWords[kind];
  const facts: Line[] = [
    ['Số hồ sơ / Dossier', dossierNumber ?? ''],
    ['Mã giao dịch / Transaction', transactionCode ?? ''],
    ['Đơn vị / Unit', unitName ?? ''],
    ['Thời điểm / At', `${formatDateTime(at)} (+07:00)`],
    ['SHA-256', digest ?? ''],
    ...factsOf(detail),
    ['Văn bản / Document', typeof detail['document'] === 'string' ? `${head.publicUrl}${detail['document']}` : ''],
  ];
  const unsubscribeUrl = linkTo(head, 'unsubscribe', endToken);
  return {
    to: address,
    subject: oneLine(`${titleVi} / ${titleEn}${dossierNumber === null ? '' : ` – ${dossierNumber}`}`),
    ...bodies(head, { paragraphs: [vi, en], facts, links: [['Ngừng nhận thư / Unsubscribe', unsubscribeUrl]] }),
    messageId: `<event-${eventId}-${subscriptionId}@${new URL(head.publicUrl).hostname}>`,
    unsubscribeUrl,
  };
}

/** What whoever reads it has to know without asking the gateway: what it is about, and until when. */
const shownFacts: readonly (readonly [member: string, label: string])[] = [
  ['clock', 'Việc / Matter'], ['from', 'Hạn cũ / Was due'], ['dueAt', 'Hạn / Due'], ['until', 'Hạn / Until'], ['metAt', 'Xong lúc / Done at'], ['procedure', 'Thủ tục / Procedure'], ['period', 'Kỳ / Period'],
  ['paperNumber', 'Số hồ sơ giấy / Paper dossier'], ['form', 'Mẫu / Form'], ['month', 'Tháng / Month'], ['outage', 'Sự cố / Outage'], ['causeVi', 'Nguyên nhân / Cause'], ['startedAt', 'Từ / From'], ['endedAt', 'Đến / To'],
];

function factsOf(detail: MailedEvent['detail']): Line[] {
  return shownFacts.flatMap(([member, label]): Line[] => {
    const value = detail[member];
    if (typeof value !== 'string') return [];
    const at = isInstantMember(member) ? new Date(value) : undefined;
    return [[label, at === undefined || Number.isNaN(at.getTime()) ? value : `${formatDateTime(at)} (+07:00)`]];
  });
}

/** The link that the owner of the address must open before anything else is sent there. */
export function confirmationMessage({ subscriptionId, address, token, expiresAt }: { readonly subscriptionId: string; readonly address: string; readonly token: string; readonly expiresAt: Date }, head: Letterhead): Message {
  return {
    to: address,
    subject: 'Xác nhận địa chỉ thư điện tử / Confirm your mail address',
    ...bodies(head, {
      paragraphs: [
        'Địa chỉ này được đăng ký nhận thông báo về hồ sơ BHXH. Mở liên kết dưới đây để xác nhận. Nếu không phải bạn đăng ký, hãy bỏ qua thư này.',
        'This address was registered for notices about social-insurance dossiers. Open the link below to confirm. If that was not you, ignore this message.',
      ],
      facts: [['Hạn / Until', `${formatDateTime(expiresAt)} (+07:00)`]],
      links: [['Xác nhận / Confirm', linkTo(head, 'confirm', token)]],
    }),
    messageId: `<confirm-${subscriptionId}-${expiresAt.getTime()}@${new URL(head.publicUrl).hostname}>`,
    unsubscribeUrl: undefined,
  };
}

function linkTo({ publicUrl }: Letterhead, what: 'confirm' | 'unsubscribe', token: string): string {
  return `${publicUrl}/v1/mail-subscriptions/${what}?token=${token}`;
}

interface Content {
  readonly paragraphs: readonly string[];
  readonly facts: readonly Line[];
  readonly links: readonly Line[];
}

function bodies({ name }: Letterhead, { paragraphs, facts, links }: Content): Pick<Message, 'text' | 'html'> {
  const shown = facts.map(([label, value]): Line => [label, oneLine(value)]).filter(([, value]) => value !== '');
  const text = [...paragraphs, shown.map(([label, value]) => `${label}: ${value}`).join('\n'), ...links.map(([label, url]) => `${label}: ${url}`), `-- \n${oneLine(name)}`].join('\n\n');
  const html = [
    '<!doctype html><meta charset="utf-8">',
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    `<table>${shown.map(([label, value]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`,
    ...links.map(([label, url]) => `<p><a href="${escapeHtml(url)}">${escapeHtml(label)}</a></p>`),
    `<p>${escapeHtml(oneLine(name))}</p>`,
  ].join('\n');
  return { text: `${text}\n`, html };
}

const LONGEST = 300;

/** Nothing in it ends a line, hides or turns the direction of writing. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, LONGEST).toWellFormed();
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
