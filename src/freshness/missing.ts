// "Not now, its revocation state is unknown" → what is to be fetched, and when the sender should come again. The judge names what it missed;
// nothing here waits or decides.
import { Unavailable } from '../errors/outcomes.ts';
import type { Certificate } from '../trust/certificate.ts';

interface Missing {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

/** The error to throw on: the same, or one whose time to come again is that of the fetch which has been asked for. */
export function askFor(error: unknown, want: (certificate: Certificate, issuer: Certificate) => number): unknown {
  const missing = missingOf(error);
  if (!(error instanceof Unavailable) || missing.length === 0) return error;
  // All of them are needed, so the slowest decides.
  const retryAfterSeconds = Math.max(...missing.map(({ certificate, issuer }) => want(certificate, issuer)));
  return new Unavailable(error.reason, { retryAfterSeconds, detail: error.message.replace(/^[A-Z_]+: /, ''), cause: error });
}

function missingOf(error: unknown): readonly Missing[] {
  if (!(error instanceof Unavailable) || error.reason !== 'REVOCATION_UNKNOWN' || !('missing' in error)) return [];
  return error.missing as readonly Missing[];
}
