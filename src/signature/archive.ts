// What can still be said of a signature whose algorithm is no longer admitted: under the archive policy its value and content hold, or not.
// Documents of before 2020 were signed with SHA-1 and RSA-1024 (wire-format §3.2). Nothing that comes out of here can be accepted: it holds no
// content, and no `SignedContent` is made of it.
import { Refusal } from '../errors/outcomes.ts';
import type { XmlDocument } from '../xml/document.ts';
import type { SignaturePlace } from './locate.ts';
import { ARCHIVE_UNTIL, archivePolicy } from './policy.ts';
import { claimedSigningTime, earliestMeant } from './signing-time.ts';
import { examineSignature } from './verify.ts';

export interface ArchivedSignature {
  readonly method: string;
  /** Does it claim to be of before 2020? A claim, which a proof of existence would have to confirm (…_NO_POE). */
  readonly isOld: boolean;
}

/** Undefined when the signature does not hold under the archive policy either. */
export function examineArchived(document: XmlDocument, place: SignaturePlace): ArchivedSignature | undefined {
  try {
    const { facts } = examineSignature(document, place, archivePolicy);
    const claim = claimedSigningTime(document, facts.element);
    const meant = claim === undefined ? undefined : earliestMeant(claim);
    return { method: facts.method, isOld: meant !== undefined && meant < ARCHIVE_UNTIL };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
