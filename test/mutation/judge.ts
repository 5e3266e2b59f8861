// The checks of src/standard, src/intake and src/audit that stand between a verified signature and an accepted dossier.
import { checksOf } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const judgeChecks: readonly Mutant[] = [
  ...checksOf('src/intake/judge.ts', [
    ['a refusing finding refuses', '|| refusing)', ')', 'attacks/certificate-of-another-unit'],
    ['the certificate is the unit’s', '...taxCodeFindings(signer, examination.envelope.taxCode, () => signed?.place ?? {}), ', '', 'attacks/certificate-of-another-unit'],
    ['the root is the envelope’s, in no namespace', "if (root.local === envelopeForm && root.namespace === '') return document;", 'if (root.local === envelopeForm) return document;', 'attacks/wrapping-foreign-namespace'],
    ['the root is the envelope’s by name', 'if (root.local === envelopeForm && root.namespace', 'if (root.namespace', 'vectors/vectors'],
    ['what is read is what was signed', 'examine(signed ?? readUnsigned(document, envelopePlace),', 'examine({ document, root: document.root },', 'attacks/counter-signature-slot'],
    ['what is found about the signature is told', 'const found = [...ofSignature, ', 'const found = [', 'attacks/wrapping-sibling'],
    ['what is found about the counter-signature is told', '...counter.findings, ', '', 'attacks/counter-signature-slot'],
    ['the rule set of the day of reception has its say', 'underRuleSet(ruleSetOf(rulebook, receivedAt), found)', 'found', 'standard/dated-judging'],
    ['findings are cut to a bound', 'if (omitted === 0) return findings;', 'if (omitted >= 0) return findings;', 'vectors/vectors'],
  ]),
  ...checksOf('src/standard/judge-signature.ts', [
    ['the signer is trusted', "return trustSigner(leaf, trust, receivedAt, 'signature',", "return { certificate: leaf, path: [leaf], commonName: leaf.commonName, subject: leaf.subject, taxCodes: leaf.taxCodes, revocation: [], at: receivedAt } as never; trustSigner(leaf, trust, receivedAt, 'signature',", 'attacks/self-signed-anchor'],
    ['the instant of trust is that of reception', "trustSigner(leaf, trust, receivedAt, 'signature',", "trustSigner(leaf, trust, leaf.notBefore, 'signature',", 'attacks/expired-authority'],
    ['answers are asked for about every certificate of the path', 'paths.flatMap((path) => path.slice(0, -1))', 'paths.flatMap((path) => path.slice(0, 1))', 'standard/judge-signature'],
    ['answers are told once and in one order', 'given.push(...distinct(answersFor(certificatesToAskAbout(leaf, trust, extra))));', 'given.push(...answersFor(certificatesToAskAbout(leaf, trust, extra)));', 'audit/answers-again'],
  ]),
  ...checksOf('src/audit/evidence.ts', [
    ['an answer is given for its own signer', 'named.includes(response.fingerprint) && isAbout', 'isAbout', 'audit/answers-again'],
    ['an answer is given about its own certificates', 'named.includes(response.fingerprint) && isAbout(response, certificates)', 'named.includes(response.fingerprint)', 'audit/answers-again'],
  ]),
  ...checksOf('src/standard/signer.ts', [
    ['a certificate without a tax code is nobody’s', "if (signer.taxCodes.length === 0) return [finding('TAX_CODE_MISSING', { place })];", 'if (signer.taxCodes.length === 0) return [];', 'attacks/certificate-of-another-unit'],
    ['a certificate’s tax code is the unit’s', 'if (signer.taxCodes.some((code) => maySignFor(code, taxCode.text))) return [];', 'if (signer.taxCodes.length > 0) return [];', 'attacks/certificate-of-another-unit'],
  ]),
  ...checksOf('src/standard/tax-code.ts', [
    ['a number is compared whole', 'certificate.base === unit.base &&', 'certificate.base.slice(0, 9) === unit.base.slice(0, 9) &&', 'attacks/certificate-of-another-unit'],
    ['a number is compared at all', 'certificate.base === unit.base &&', '', 'attacks/certificate-of-another-unit'],
    ['a branch signs for itself only', "(certificate.branch === '' || certificate.branch === unit.branch)", 'true', 'attacks/certificate-of-another-unit'],
    ['a number is ten digits and perhaps three', '/^(\\d{10})-?(\\d{3})$/', '/^(\\d{10})-?(\\d{3})/', 'attacks/certificate-of-another-unit'],
  ]),
  ...checksOf('src/standard/files.ts', [
    ['base64 is strict', 'if (decoded === undefined) {', 'if (decoded === undefined && encoded.length === 1) {', 'attacks/file-base64-noise'],
    ['the length is the declared one', "return [finding('FILE_LENGTH',", "return [].length === 0 ? [] : [finding('FILE_LENGTH',", 'attacks/file-base64-noise'],
    ['what is found about a form’s signature is told', 'findings.push(...ofSignature);', '', 'attacks/declaration-swapped'],
    ['a form’s certificate is the unit’s', 'if (signed !== undefined) findings.push(...taxCodeFindings(signer, taxCode, () => signed.place));', '', 'attacks/certificate-of-another-unit'],
    ['a form is what the envelope calls it', 'if (named !== undefined && !named.versions.some((version) => version.root === root)) {', 'if (false) {', 'attacks/declaration-swapped'],
    ['what is wrong inside a file is wrong with the dossier', 'findings: [...findings, ...judged.findings.map((entry) => asDeclarationFinding(entry, name))],', 'findings,', 'attacks/declaration-swapped'],
    ['files share one bound of nodes', 'parse(bytes, budget)', 'parse(bytes)', 'attacks/attribute-bomb'],
    ['a known form cannot pass as an attachment', 'written !== attachmentForm && (named !== undefined || isXml)', 'written !== attachmentForm && isXml && named === undefined', 'attacks/declaration-swapped'],
    ['a form is schema-valid', 'findings.push(...(judged?.findings ??', '[].push(...(judged?.findings ??', 'vectors/vectors'],
  ]),
  ...checksOf('src/standard/fields.ts', [
    ['a field that stands twice is none', 'return second === undefined ? child : undefined;', 'return second === undefined ? child : second;', 'attacks/certificate-of-another-unit'],
    ['a field with elements inside is none', 'childElements(element).length > 0) return undefined;', 'childElements(element).length > 99) return undefined;', 'attacks/certificate-of-another-unit'],
  ]),
  ...checksOf('src/standard/validate.ts', [
    ['the number of files is bounded', "findings = [\n    ...(envelope.files.length > MOST_FILES ? [", "findings = [\n    ...(envelope.files.length < 0 ? [", 'vectors/vectors'],
    ['the rule set is that of reception', 'return ruleSet ?? standard.ruleSetAt(receivedAt);', 'return ruleSet ?? standard.ruleSetAt(new Date(0));', 'standard/dated-judging'],
    ['the procedure is that of reception', "standard.procedureAt(procedureCode(envelope.procedure?.text ?? ''), receivedAt)", "standard.procedures.get(procedureCode(envelope.procedure?.text ?? ''))", 'standard/dated-judging'],
    ['the schema is asked', '    ...(judged?.findings ?? []),\n', '', 'attacks/wrapping-foreign-namespace'],
  ]),
];
