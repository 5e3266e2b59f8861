// A document of a case, signed with the agency's certificate in its own place (3142/TB-BHXH: scanned signatures; here a signature in fact) and
// filed with its digest.
import { createHash } from 'node:crypto';

import { signEnveloped } from '../signature/sign.ts';
import type { DraftDocument } from './case-file.ts';
import type { Office } from './office.ts';
import { addDocument } from './paper-store.ts';
import type { Query } from './store.ts';

export async function keepDocument({ signing }: Pick<Office, 'signing'>, query: Query, digest: string, { kind, name, copies, forSender, xml }: DraftDocument, at: Date): Promise<void> {
  const root = /<([\w-]+)[\s>]/.exec(xml.toString('utf8').replace(/<\?[^>]*>/, ''))?.[1] ?? '';
  const body = await signEnveloped(xml, signing, { path: root === 'BHXH' ? [root] : [root, 'Cky'] });
  await addDocument(query, digest, { kind, name, copies, forSender, madeAt: at, sha256: createHash('sha256').update(body).digest('hex'), body });
}
