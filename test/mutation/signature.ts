// The checks of src/signature: what is signed, by whose key, and that nothing else is.
import { checksOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const signatureChecks: readonly Mutant[] = [
  ...checksOf('src/signature/shape.ts', [
    ['SignedInfo comes first and SignatureValue after it', "if (!isDsig(signedInfo, 'SignedInfo') || !isDsig(signatureValue, 'SignatureValue')) return format(element, 'SIGNATURE_CHILDREN');", "if (signedInfo === undefined || signatureValue === undefined) return format(element, 'SIGNATURE_CHILDREN');", 'attacks/wrapping-foreign-namespace'],
    ['an Object holds nothing that looks like a dossier', '&& !properties.has(inside.local)) format', '&& false) format', 'attacks/wrapping-object'],
    ['nothing but Objects follows KeyInfo', "if (object.local !== 'Object' || (object.namespace !== DSIG && object.namespace !== '')) format(signature, 'SIGNATURE_CHILDREN');", '', 'attacks/several-signed-info'],
    ['no comment is inside', 'if (found === -1) return;', 'if (found !== -2) return;', 'attacks/comment-in-digest'],
    ['the methods come first in SignedInfo', "if (!isDsig(canonicalization, 'CanonicalizationMethod') || !isDsig(signatureMethod, 'SignatureMethod')) return format", "if (canonicalization === undefined || signatureMethod === undefined) return format", 'attacks/wrapping-foreign-namespace'],
    ['a signature method has no parameters', 'if (childElements(signatureMethod).length > 0 || childElements(signatureValue).length > 0) return format', 'if (false) return format', 'attacks/hmac-confusion'],
    ['the others in SignedInfo are references', "if (references.some((reference) => !isDsig(reference, 'Reference'))) format", 'if (false) format', 'attacks/wrapping-foreign-namespace'],
    ['the references are few', 'references.length > MOST_REFERENCES', 'false', 'attacks/reference-partial'],
    ['methods are of the table, for the policy', 'method?.admitted.has(policy.name) === true ? method', 'method !== undefined ? method', 'vectors/vectors'],
    ['references stay in the document', "if (uri !== undefined && uri !== '' && !uri.startsWith('#')) refuseAt('REFERENCE_EXTERNAL', element, { uri });", '', 'attacks/reference-external'],
    ['a reference has one digest', '|| surplus.length > 0) return format', ') return format', 'attacks/several-signed-info'],
    ['a digest is a digest', "if (!isDsig(digestMethod, 'DigestMethod') || !isDsig(digestValue, 'DigestValue') ||", 'if (digestMethod === undefined || digestValue === undefined ||', 'attacks/wrapping-foreign-namespace'],
    ['transforms are of the table', "if (!isDsig(transform, 'Transform') || (algorithm !== ENVELOPED && !canonicalForms.has(algorithm))) refuseAt", 'if (false) refuseAt', 'attacks/transform-xpath'],
    ['the enveloped-signature transform is there, once and first', "uri === '' ? enveloped !== 1 || algorithmOf(transforms[0] ?? reference) !== ENVELOPED : enveloped !== 0", 'false', 'vectors/vectors'],
    ['the enveloped-signature transform has no parameter', "if (uri === '' && first !== undefined && childElements(first).length > 0) refuseAt", 'if (false) refuseAt', 'attacks/transform-xpath'],
    ['one canonicalization ends the transforms', "if (surplus !== undefined) refuseAt('TRANSFORM_FORBIDDEN', surplus, { algorithm: algorithmOf(surplus) });", '', 'vectors/vectors'],
    ['a canonicalization has no parameter but its list', "if (!form.exclusive || surplus !== undefined || parameter.local !== 'InclusiveNamespaces' || parameter.namespace !== EXCLUSIVE) refuseAt(code, element, { algorithm });", '', 'attacks/canonicalization-method-changed'],
    ['the list of prefixes is bounded', 'if (prefixes.length > MOST_PREFIXES) refuseAt(code, element, { algorithm });', '', 'attacks/canonicalization-method-changed'],
  ]),
  ...checksOf('src/signature/verify.ts', [
    ['the content reference digests the content', 'if (digest !== undefined) return { root:', 'if (true) return { root:', 'attacks/wrapping-sibling'],
    ['a reference is to the whole document', "return refuseAt('REFERENCE_PARTIAL', inner[0]?.element ?? signedInfo, { uri: inner[0]?.uri ?? '' });", "return { content: references[0] as ReferenceShape, inner: [] };", 'attacks/reference-partial'],
    ['the whole is named once', "if (second !== undefined) refuseAt('SIGNATURE_FORMAT', signedInfo, { reason: 'REFERENCE_COUNT' });", '', 'attacks/reference-partial'],
    ['a reference names something', "if (nameless !== undefined) return refuseAt('SIGNATURE_FORMAT', nameless.element, { reason: 'REFERENCE_CHILDREN' });", '', 'attacks/reference-external'],
    ['what the I-VAN’s slot holds is no content', 'root: inside.length === 0 ? root : prune(root, inside), digest', 'root, digest', 'attacks/counter-signature-slot'],
    ['the inner references are checked', 'warnings: [...checkInner(document, shape, inner), ', 'warnings: [', 'attacks/reference-partial'],
  ]),
  ...checksOf('src/signature/references.ts', [
    ['the content’s digest is compared', "if (found !== digest.toString('hex')) return undefined;", '', 'attacks/wrapping-sibling'],
    ['an inner digest is compared', 'return hashCanonicalElement(document, pathTo(document.root, target), form, hash).equals(digest);', 'return true;', 'attacks/reference-partial'],
    ['a changed Object refuses', "if (!isSigningTime(target)) refuseAt('HASH_FAILURE', reference.element);", '', 'attacks/reference-partial'],
    ['an Id is of one element', 'return targets.length === 1 ? targets[0] : undefined;', 'return targets[0];', 'attacks/duplicate-id'],
    ['a target is inside the signature, not the signature', 'candidate !== shape.element && ', '', 'attacks/duplicate-id'],
    ['a signing time is nothing but that', 'children.length === 1 && children[0]?.local === name', 'children[0]?.local === name', 'attacks/reference-partial'],
  ]),
  ...checksOf('src/signature/locate.ts', [
    ['no signature stands elsewhere', "if (!tolerated.has(found)) refuseAt('SIGNATURE_MISPLACED', found, expected);", ';', 'attacks/signature-moved'],
    ['there is one signature', "if (second !== undefined) refuseAt('SIGNATURE_MULTIPLE', second, expected);", '', 'attacks/signature-moved'],
    ['the I-VAN’s slot holds one signature', "if (second !== undefined || !isDsig(signature, 'Signature')) return refuserIn", 'if (false) return refuserIn', 'attacks/counter-signature-slot'],
  ]),
  ...checksOf('src/signature/value.ts', [
    ['the value is verified', "if (!usingCanonicalElement(document, shape.signedInfo, shape.form, (octets) => verifies(octets, key.publicKey, method, value))) refuserIn(document)('SIG_CRYPTO_FAILURE', element);", '', 'attacks/pkcs1-forgery'],
    ['SignedInfo is canonicalised as it says', 'shape.signedInfo, shape.form, (octets)', 'shape.signedInfo, { ...shape.form, exclusive: false }, (octets)', 'attacks/canonicalization-method-changed'],
  ]),
  ...checksOf('src/signature/keys.ts', [
    ['KeyInfo holds what is read and nothing else', "else refuseAt('SIGNATURE_FORMAT', keyInfo, { reason: 'KEY_INFO' });", '', 'attacks/key-info-substitution'],
    ['certificates are few', '|| certificates.length > MOST_CERTIFICATES', '', 'attacks/cross-signed-maze'],
    ['a KeyValue is the certificate’s key', "if (chosen === undefined) return refuseAt('KEY_MISMATCH', keyInfo);", "if (chosen === undefined) return { certificate: first.certificate, publicKey: first.publicKey, all: [] };", 'attacks/key-info-substitution'],
    ['a key is strong', "if (weakness !== undefined) refuseAt('CRYPTO_CONSTRAINTS_FAILURE', keyInfo, { algorithm: weakness });", '', 'signature/keys'],
    ['a key is of the method’s kind', 'if (asymmetricKeyType !== method.keyType) refuseAt', 'if (false) refuseAt', 'vectors/vectors'],
    ['a key’s exponent is compared', " && isNumber('Exponent', parts.exponent)", '', 'signature/keys'],
    ['a key’s modulus is compared', "isNumber('Modulus', parts.modulus) && ", '', 'signature/keys'],
    ['a key’s point is compared', " && isNumber('PublicKey', parts.point)", '', 'signature/keys'],
  ]),
  ...checksOf('src/signature/counter-signature.ts', [
    ['a counter-signature digests what it names', "if (covers === undefined) return refuseAt('HASH_FAILURE', content.element);", "if (covers === undefined) return { ...facts, covers: 'body', place: {} };", 'attacks/counter-signature-slot'],
    ['a counter-signature names the one body', 'return named.length === 1 && named[0] === body ? body : undefined;', 'return body;', 'vectors/vectors'],
    ['a counter-signature’s inner references are checked', 'warnings: [...checkInner(document, shape, inner), ', 'warnings: [', 'attacks/counter-signature-slot'],
  ]),
];
