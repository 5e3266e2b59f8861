// Signing as the field's clients do (wire-format §3.1): a form in its `Cky`, the envelope in `Hoso/CKy_Dvi`, with KeyValue and an unsigned signing
// time; or, asked for, as XAdES B with RSASSA-PSS or ECDSA, which the strict policy of TT 15/2025 wants. A missing place is made as the root's last child; a signed document is never signed twice. Changes nothing else in the bytes.
import { DSIG } from '../signature/algorithms.ts';
import { signEnveloped } from '../signature/sign.ts';
import type { SigningIdentity } from '../signature/sign.ts';
import { signXades } from '../signature/sign-xades.ts';
import { envelopePlace } from '../standard/envelope.ts';
import { declarationPlace, documentKind } from '../standard/kind.ts';
import { childNamed, childrenNamed } from '../xml/document.ts';
import { parse } from '../xml/parse.ts';
import { ClientError } from './errors.ts';

export interface SignatureChoice {
  /** XAdES B instead of the plain signature that the field's clients write. */
  readonly xades?: boolean;
}

/** Signs whichever of the two the bytes are. */
export async function signDocument(bytes: Buffer, identity: SigningIdentity, time: Date, options: SignatureChoice = {}): Promise<{ readonly kind: 'dossier' | 'declaration'; readonly bytes: Buffer }> {
  const document = parse(bytes);
  const kind = documentKind(document);
  if (kind === 'dossier') return { kind, bytes: await signDossier(bytes, identity, time, options) };
  if (kind === 'declaration') return { kind, bytes: await signDeclaration(bytes, identity, time, options) };
  throw new ClientError('FORM_UNKNOWN', `/${document.root.local}`, document.root.local);
}

/** A form, before it is put into the envelope. */
export async function signDeclaration(bytes: Buffer, identity: SigningIdentity, time: Date, options: SignatureChoice = {}): Promise<Buffer> {
  return signAt(bytes, declarationPlace(parse(bytes).root.local).path, identity, time, options);
}

/** The envelope, with its files already signed. */
export async function signDossier(bytes: Buffer, identity: SigningIdentity, time: Date, options: SignatureChoice = {}): Promise<Buffer> {
  return signAt(bytes, envelopePlace.path, identity, time, options);
}

/** Form 04, 05 or 06, or an envelope, after the unit: the I-VAN's signature, which covers the unit's too. */
export async function signForIvan(bytes: Buffer, identity: SigningIdentity, time: Date): Promise<Buffer> {
  const { root } = parse(bytes);
  const [rootName = '', slot = ''] = envelopePlace.path;
  const unit = root.local === rootName ? childNamed(root, slot) : undefined;
  if (unit === undefined || childrenNamed(unit, 'Signature', DSIG).length === 0) throw new ClientError('UNIT_UNSIGNED', `/${root.local}/${slot}`, slot);
  return signAt(bytes, [rootName, envelopePlace.appendix ?? ''], identity, time, {});
}

async function signAt(bytes: Buffer, path: readonly string[], identity: SigningIdentity, time: Date, { xades = false }: SignatureChoice): Promise<Buffer> {
  const unsigned = withPlace(bytes, path);
  if (xades) return signXades(unsigned, identity, { path, signingTime: time });
  return signEnveloped(unsigned, identity, { path, signingTime: time, keyValue: true });
}

/** The bytes with an element for the signature, which some clients leave to the signer. */
function withPlace(bytes: Buffer, path: readonly string[]): Buffer {
  const { root } = parse(bytes);
  const [rootName, name = ''] = path;
  if (root.local !== rootName) throw new ClientError('FORM_UNKNOWN', `/${root.local}`, root.local);
  const place = childNamed(root, name);
  if (place !== undefined && childrenNamed(place, 'Signature', DSIG).length > 0) throw new ClientError('ALREADY_SIGNED', `/${path.join('/')}`, name);
  if (place !== undefined) return bytes;
  const endTag = bytes.lastIndexOf('</', root.end - 1);
  if (endTag <= root.start) throw new ClientError('FORM_UNKNOWN', `/${root.local}`, root.local);
  return Buffer.concat([bytes.subarray(0, endTag), Buffer.from(`<${name}></${name}>`), bytes.subarray(endTag)]);
}
