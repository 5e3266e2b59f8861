// Files → a container that the gateway's certificate vouches for, and back: what `openContainer` returns was signed as it is, every file of it. Whether
// to trust the certificate is for `trust/`.
import { refuse } from '../../errors/outcomes.ts';
import type { JudgingPolicy } from '../../signature/policy.ts';
import { verifyDetached } from '../../signature/detached.ts';
import type { DetachedSignature } from '../../signature/detached.ts';
import type { SigningIdentity } from '../../signature/sign.ts';
import { signDetached } from '../../signature/sign-detached.ts';
import { parse } from '../../xml/parse.ts';
import { readContainer } from './read.ts';
import type { Container } from './read.ts';
import { MANIFEST_FILE, manifestOf, mediaTypeOf, SIGNATURE_FILE, TYPE_FILE, writeContainer } from './write.ts';

/** The container of these files, with a manifest and a signature over them and it. */
export async function sealContainer(files: ReadonlyMap<string, Buffer>, identity: SigningIdentity, signingTime: Date): Promise<Buffer> {
  const whole = new Map([...files, [MANIFEST_FILE, manifestOf([...files.keys()])]]);
  const signed = [...whole].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, octets]) => ({ name, mimeType: mediaTypeOf(name), octets }));
  whole.set(SIGNATURE_FILE, await signDetached(signed, identity, signingTime));
  return writeContainer(whole);
}

export interface OpenContainer extends Container {
  readonly signature: DetachedSignature;
}

/** Throws `Refusal`: what is no container, or has a file that is not signed, not there, or not as it was. */
export function openContainer(bytes: Buffer, policy?: JudgingPolicy): OpenContainer {
  const { files } = readContainer(bytes);
  return { files, signature: verifyContainer(files, policy) };
}

/** The signature over all of the files of a container but `mimetype`, whose content is always the same. Throws `Refusal`. */
export function verifyContainer(files: Container['files'], policy?: JudgingPolicy): DetachedSignature {
  const signature = files.get(SIGNATURE_FILE) ?? refuse('CONTAINER_FILE_MISSING', { params: { name: SIGNATURE_FILE } });
  return verifyDetached(parse(signature), new Map([...files].filter(([name]) => name !== SIGNATURE_FILE && name !== TYPE_FILE)), policy);
}
