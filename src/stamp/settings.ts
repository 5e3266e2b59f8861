// What the operator says about time stamps. Without an authority there are none, and the gateway says so; a setting that could have no effect is an error.
import type { Environment, KeyPair, Reader } from '../config.ts';

export interface StampSettings {
  /** The first is asked first, the others when it fails. */
  readonly urls: readonly URL[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Older than this no checkpoint may be without a stamp, or nothing new is taken in. */
  readonly refuseAfterMs: number;
  /** Every receipt has a stamp of its own before it leaves. */
  readonly receipts: boolean;
  readonly authorization: string | undefined;
  readonly client: KeyPair | undefined;
  readonly authorities: readonly string[];
}

export const stampSettings = {
  GATEWAY_STAMP_URL: 'time-stamp authorities (RFC 3161), http or https, several separated by commas: the next is asked when one fails (default: nothing is stamped)',
  GATEWAY_STAMP_INTERVAL_SECONDS: 'how often the newest checkpoint of the log is stamped (default 60)',
  GATEWAY_STAMP_TIMEOUT_SECONDS: 'time for one stamp (default 10)',
  GATEWAY_STAMP_REFUSE_AFTER_HOURS: 'how old a checkpoint may be without a stamp before nothing new is taken in (default 4)',
  GATEWAY_STAMP_RECEIPTS: 'on: every receipt gets a stamp of its own before it leaves (default off)',
  GATEWAY_STAMP_PASSWORD_FILE: 'file with name:password for the authorities (default none)',
  GATEWAY_STAMP_CERTIFICATE_FILE: 'PEM, client certificate for the authorities (default none)',
  GATEWAY_STAMP_KEY_FILE: 'PEM, its key',
  GATEWAY_STAMP_AUTHORITIES_FILE: 'PEM, authorities of their TLS certificates besides the usual ones (default none)',
} as const;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export function readStampSettings(environment: Environment, reader: Reader, problems: string[]): StampSettings | undefined {
  const intervalMs = reader.number('GATEWAY_STAMP_INTERVAL_SECONDS', 60, 1, 3600) * 1000;
  const timeoutMs = reader.number('GATEWAY_STAMP_TIMEOUT_SECONDS', 10, 1, 120) * 1000;
  const refuseAfterMs = reader.number('GATEWAY_STAMP_REFUSE_AFTER_HOURS', 4, 1, 168) * 3_600_000;
  const receipts = reader.choice('GATEWAY_STAMP_RECEIPTS', 'off', ['off', 'on']) === 'on';
  const authorization = reader.optionalFile('GATEWAY_STAMP_PASSWORD_FILE')?.trim();
  const [certificatePem, keyPem] = [reader.optionalFile('GATEWAY_STAMP_CERTIFICATE_FILE'), reader.optionalFile('GATEWAY_STAMP_KEY_FILE')];
  if ((certificatePem === undefined) !== (keyPem === undefined)) problems.push('GATEWAY_STAMP_CERTIFICATE_FILE, GATEWAY_STAMP_KEY_FILE: one without the other');
  const authorities = reader.optionalFile('GATEWAY_STAMP_AUTHORITIES_FILE')?.match(CERTIFICATE) ?? [];
  const urls = readUrls(reader.text('GATEWAY_STAMP_URL', ''), authorization !== undefined, problems);
  if (urls.length === 0) {
    if (receipts) problems.push('GATEWAY_STAMP_RECEIPTS: without GATEWAY_STAMP_URL there is nobody to stamp them');
    return undefined;
  }
  const client = certificatePem === undefined || keyPem === undefined ? undefined : { certificatePem, keyPem };
  return { urls, intervalMs, timeoutMs, refuseAfterMs, receipts, authorization, client, authorities };
}

function readUrls(written: string, withPassword: boolean, problems: string[]): URL[] {
  return written.split(',').map((text) => text.trim()).filter((text) => text !== '').flatMap((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url?.protocol === 'http:';
    if (url === undefined || (!isPlain && url.protocol !== 'https:') || url.username !== '' || url.password !== '') problems.push(`GATEWAY_STAMP_URL: ${text} is not an http or https URL without a password`);
    else if (isPlain && withPassword && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) problems.push(`GATEWAY_STAMP_URL: ${text} would send the password of GATEWAY_STAMP_PASSWORD_FILE for everybody to read`);
    else return [url];
    return [];
  });
}
