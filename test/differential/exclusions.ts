// Where we and libxml2 part on purpose. Each has a name, a reason, and a document that shows it; the tests hold every one of them to what
// it says, so that none outlives its reason.
import type { Refusal } from '../../src/errors/outcomes.ts';
import { descendants } from '../../src/xml/document.ts';
import type { XmlDocument } from '../../src/xml/document.ts';
import { XML_NAMESPACE } from '../../src/xml/namespaces.ts';
import type { Question } from './libxml2.ts';

interface Stricter {
  readonly reason: string;
  readonly applies: (bytes: Buffer, code: string, reason: string | undefined) => boolean;
  /** Documents that libxml2 takes and we refuse by this rule. */
  readonly shown: readonly string[];
}

/** Documents that libxml2 calls well-formed and we refuse. */
export const stricterRules: Readonly<Record<string, Stricter>> = {
  doctype: {
    reason: 'A DOCTYPE brings entities and default attributes: never in a dossier.',
    applies: (bytes, code) => code === 'XML_DOCTYPE' && bytes.includes('<!DOCTYPE'),
    shown: ['<!DOCTYPE a><a/>', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  },
  'processing-instruction': {
    reason: 'Nothing in a dossier is for a processor; a verifier and a reader could differ about one.',
    applies: (bytes, code) => code === 'XML_PROCESSING_INSTRUCTION' && bytes.includes('<?'),
    shown: ['<a><?x y?></a>', '<?x?><a/>', '<a/><?x?>'],
  },
  encoding: {
    reason: 'One encoding, UTF-8, named so or not at all: what the declaration says and what the octets are cannot differ.',
    applies: (_bytes, code) => code === 'XML_ENCODING',
    shown: ['<?xml version="1.0" encoding="ISO-8859-1"?><a/>', '<?xml version="1.0" encoding="US-ASCII"?><a/>'],
  },
  version: {
    reason: 'XML 1.1 has other line ends and characters; libxml2 reads any 1.x as 1.0, as the fifth edition lets it.',
    applies: (bytes, code, reason) => code === 'XML_MALFORMED' && reason === 'XML_DECLARATION' && /^(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*["']1\.(?!0["'])\d*["']/.test(bytes.toString('latin1', 0, 100)),
    shown: ['<?xml version="1.1"?><a/>', '<?xml version="1.2"?><a/>'],
  },
  'declaration-space': {
    reason: 'Production 23 wants white space before `standalone`; libxml2 does not.',
    applies: (bytes, code, reason) => code === 'XML_MALFORMED' && reason === 'XML_DECLARATION' && /^(?:\xef\xbb\xbf)?<\?xml[^>]*["']standalone/.test(bytes.toString('latin1', 0, 300)),
    shown: ['<?xml version="1.0" encoding="UTF-8"standalone="yes"?><a/>'],
  },
  nul: {
    reason: 'Octet 0 is no character of XML; libxml2 takes one after the root element for the end of the input.',
    applies: (bytes, code, reason) => code === 'XML_MALFORMED' && reason === 'CHARACTER' && bytes.includes(0) && bytes.indexOf(0) > bytes.indexOf('>'),
    shown: ['<a/>\u0000'],
  },
  limits: {
    reason: 'Depth, attributes, names, declarations and nodes are bounded far above an honest dossier; libxml2 is asked without its bounds.',
    applies: (_bytes, code) => code === 'XML_LIMIT',
    shown: [`${'<a>'.repeat(70)}${'</a>'.repeat(70)}`, `<a ${Array.from({ length: 70 }, (_, index) => `a${index}=""`).join(' ')}/>`],
  },
};

interface Parting {
  readonly reason: string;
  /** May the canonical octets of this document differ, or libxml2 refuse to make them? */
  readonly applies: (document: XmlDocument, question: Question, refused: boolean) => boolean;
  readonly shown: readonly { readonly document: string; readonly question?: Partial<Question>; readonly ours: string; readonly theirs: string | undefined }[];
}

/** Names that every reader of RFC 3986 takes for absolute URIs; about others libxml2 has its own mind. */
const plainUri = /^(?:urn:[\w:/-]+|http:\/\/[\w.-]+(?:\/[\w.;=/?-]*(?:#[\w-]*)?)?)$/;

/** Documents whose canonical octets, for libxml2, are others or none. */
export const partings: Readonly<Record<string, Parting>> = {
  'namespace-relative': {
    reason: 'C14N 1.0 §1.3 lets a canonicaliser fail on a namespace name that is no absolute URI, as libxml2 does; our octets are those of the name as it stands.',
    applies: (document, _question, refused) => refused && hasOddNamespaceName(document),
    shown: [{ document: '<a xmlns="b"/>', ours: '<a xmlns="b"></a>', theirs: undefined }],
  },
  'namespace-escaped': {
    reason: 'C14N 1.0 §2.3 has a namespace node’s value escaped as an attribute’s; libxml2 writes it raw, which is not even well-formed.',
    applies: (document) => namespaceNames(document).some((uri) => /[&<"\t\n\r]/.test(uri)),
    shown: [{ document: '<a xmlns="urn:a?x&amp;y"/>', ours: '<a xmlns="urn:a?x&amp;y"></a>', theirs: '<a xmlns="urn:a?x&y"></a>' }],
  },
  'xml-base-of-1.1': {
    reason:
      'C14N 1.1 §2.4 joins the xml:base of left-out ancestors into one; ours does not, since no dossier and no signature in the field has any: such a signature does not verify. ' +
      'libxml2 besides drops an empty xml:base that is the element’s own, which is its mistake.',
    applies: (document, { algorithm }) => algorithm === '1.1' && [...descendants(document.root)].some(({ attributes }) => attributes.some(({ local, namespace }) => local === 'base' && namespace === XML_NAMESPACE)),
    shown: [
      { document: '<a xml:base=""/>', question: { algorithm: '1.1' }, ours: '<a xml:base=""></a>', theirs: '<a></a>' },
    ],
  },
};

export function partingFor(document: XmlDocument, question: Question, refused: boolean): string | undefined {
  return Object.entries(partings).find(([, { applies }]) => applies(document, question, refused))?.[0];
}

export function hasOddNamespaceName(document: XmlDocument): boolean {
  return namespaceNames(document).some((uri) => uri !== '' && !plainUri.test(uri));
}

function namespaceNames({ root }: XmlDocument): string[] {
  return [...descendants(root)].flatMap(({ declarations }) => declarations.map(({ uri }) => uri));
}

/** The name of the rule by which we refuse what libxml2 takes, if there is one. */
export function stricterRuleFor(bytes: Buffer, { findings: [first] }: Refusal): string | undefined {
  const reason = first?.params['reason'];
  return Object.entries(stricterRules).find(([, { applies }]) => applies(bytes, first?.code ?? '', reason))?.[0];
}
