// "Not now, its revocation state is unknown" → what is to be fetched, and when the sender should come again. The judge names what it missed;
// nothing here waits or decides.
import { Unavailable } from '../errors/outcomes.ts';
import type { Certificate } from '../trust/certificate.ts';
import { RevocationUnknown } from '../trust/revocation.ts';

/** The error to throw on: the same, or one whose time to come again is that of the fetch which has been asked for. */
export function askFor(error: unknown, want: (certificate: Certificate, issuer: Certificate) => number): unknown {
  if (!(error instanceof RevocationUnknown) || error.missing.length === 0) return error;
  // All of them are needed, so the slowest decides.
  const retryAfterSeconds = Math.max(...error.missing.map(({ certificate, issuer }) => want(certificate, issuer)));
  return new Unavailable(error.reason, { retryAfterSeconds, detail: error.message.slice(error.reason.length + 2), cause: error });
}
