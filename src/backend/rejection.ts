// How the backend says no to a request: a closed list of codes with their HTTP status. A rejection promises nothing about a dossier; the
// body is always JSON. A database that is away is `Unavailable` (503), anything else that is thrown is a bug (500, nothing told).

const statuses = {
  'client-unknown': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'body-too-large': 413,
  'body-incomplete': 422,
  'body-malformed': 422,
  'media-type': 422,
  'digest-malformed': 422,
  'query-malformed': 422,
  'report-malformed': 422,
  'supplements-malformed': 422,
  'idempotency-key-mismatch': 422,
  'dossier-digest-mismatch': 422,
  'receipt-signature-invalid': 422,
  'receipt-signer-unknown': 422,
  'receipt-signer-untrusted': 422,
  'receipt-kind': 422,
  'receipt-digest-mismatch': 422,
} as const;

export type RejectionCode = keyof typeof statuses;

export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly code: RejectionCode;
  readonly status: number;
  /** What an operator needs to find the cause; never content of a dossier. */
  readonly detail: string | undefined;

  constructor(code: RejectionCode, detail?: string) {
    super(code);
    this.code = code;
    this.status = statuses[code];
    this.detail = detail;
  }
}

export function reject(code: RejectionCode, detail?: string): never {
  throw new Rejection(code, detail);
}
