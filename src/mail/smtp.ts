// The way out for mail: SMTP with STARTTLS or TLS from the first octet; without either only to a relay on this machine. A refusal that will stay
// (5xx of this recipient) is `Refused`, one that may not (4xx of this recipient)
// `Deferred`; whatever else goes wrong is the server being away, and the message waits.
import nodemailer from 'nodemailer';

import type { Message } from './compose.ts';

export interface SmtpSettings {
  /** smtp://user@host:587 or smtps://user@host:465 */
  readonly url: string;
  readonly password: string | undefined;
  /** `Name <address>` or an address. */
  readonly from: string;
  readonly timeoutMs: number;
}

export interface Mailer {
  send(message: Message): Promise<void>;
  close(): void;
}

/** The server will not have this message, now or later. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Not now, for this recipient: a full or grey-listed mailbox says nothing of anybody else's. */
export class Deferred extends Error {
  override readonly name = 'Deferred';
}

export function openMailer({ url, password, from, timeoutMs }: SmtpSettings): Mailer {
  const { protocol, hostname, port, username } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'smtps:';
  const isHere = ['127.0.0.1', '::1', 'localhost'].includes(host);
  const transport = nodemailer.createTransport({
    pool: true, maxConnections: 4, host, port: port === '' ? (secure ? 465 : 587) : Number(port), secure, requireTLS: !secure && !isHere, ignoreTLS: isHere && !secure,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: password ?? '' } }),
    connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs,
    disableFileAccess: true, disableUrlAccess: true,
  });
  return {
    send: async ({ to, subject, text, html, messageId, unsubscribeUrl }) => {
      const unsubscribe = unsubscribeUrl === undefined ? {} : { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
      try {
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, html, messageId, headers: { 'Auto-Submitted': 'auto-generated', ...unsubscribe } });
      } catch (error) {
        throw new (kindOf(error))(reasonOf(error), { cause: error });
      }
    },
    close: () => { transport.close(); },
  };
}

/** 5xx to the recipient or to the text, 4xx to the recipient; one to the greeting or to our login, and 421 to anything, says nothing of this message. */
function kindOf(error: unknown): typeof Refused | typeof Deferred | typeof Error {
  if (typeof error !== 'object' || error === null || !('responseCode' in error) || typeof error.responseCode !== 'number') return Error;
  const [code, command] = ['code' in error ? error.code : undefined, 'command' in error ? error.command : undefined];
  if (error.responseCode >= 500 && error.responseCode < 600 && (code === 'EENVELOPE' || code === 'EMESSAGE')) return Refused;
  return error.responseCode >= 400 && error.responseCode !== 421 && code === 'EENVELOPE' && command === 'RCPT TO' ? Deferred : Error;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
