// What a signed message says of itself that is no receipt, result or decision: a notice of the gateway's (slip, request to supplement, apology, statement of
// an outage) or the agency's own message. The counterpart of `agency-notices.ts`; reads content that a verification returned and verifies nothing.
import type { SignedContent } from '../signature/verify.ts';
import { parseDateTime, parseInstant } from '../standard/time.ts';
import { childElements, elementAt } from '../xml/document.ts';
import { textOf } from '../xml/text.ts';

export interface NoticeFacts {
  /** Code of its form: TNHT, YCBS, XLHL, XNSC, TIEPNHAN_XULY …; what the branch is called where it is none of these. */
  readonly form: string;
  /** When it says it was signed. */
  readonly at: Date | undefined;
  /** SHA-256 of the dossier it is about, hex; undefined where it is about none. */
  readonly digest: string | undefined;
  readonly dossierNumber: string | undefined;
  readonly transactionCode: string | undefined;
}

const own: ReadonlyMap<string, string> = new Map([['PHIEU_TIEPNHAN', 'TNHT'], ['YEUCAU_BOSUNG', 'YCBS'], ['XINLOI_HENLAI', 'XLHL'], ['SU_CO', 'XNSC']]);
const HEAD = 'XACNHAN_GDICH';
/** What `MessageFacts` reads. */
const others = ['BIENNHAN', 'KETQUA', 'QUYETDINH'];

/** Undefined for a receipt, a result or a decision. */
export function readNoticeFacts({ document, root }: SignedContent): NoticeFacts | undefined {
  // The field's own notices (01/TB-GD, 03/TB-TS) are a head and nothing else.
  const name = childElements(root).find(({ local }) => local !== HEAD && local !== 'Signature')?.local ?? HEAD;
  if (others.includes(name)) return undefined;
  const text = (...path: string[]): string | undefined => {
    const element = elementAt(root, path);
    const found = element === undefined ? '' : textOf(document, element).trim();
    return found === '' ? undefined : found;
  };
  const signedAt = text(HEAD, 'TTCKY_BHXH', 'TTCKY', 'TIME');
  const saidAt = text(name, 'THOIDIEM');
  return {
    form: own.get(name) ?? name,
    at: (signedAt === undefined ? undefined : parseDateTime(signedAt)) ?? (saidAt === undefined ? undefined : parseInstant(saidAt)),
    digest: text(name, 'SHA256'),
    dossierNumber: text(HEAD, 'TTGDICH', 'SO_HSO') ?? text(name, 'SO_HSO'),
    transactionCode: text(HEAD, 'TTGDICH', 'MA_GDICH') ?? text(name, 'MA_GDICH'),
  };
}
