// Guarantee: the hostile shapes that once cost minutes or a receipt are refused at once, with a listed code.
import { describe, expect, it } from '@jest/globals';

import { sentencesOf } from '../../src/errors/findings.ts';
import { finding } from '../../src/errors/outcomes.ts';
import { Refusal } from '../../src/errors/outcomes.ts';
import { parse } from '../../src/xml/parse.ts';

function codesOf(xml: string): string[] {
  try {
    parse(Buffer.from(xml));
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.findings.map(({ code }) => code);
  }
}

describe('a hostile shape', () => {
  it('of more namespace declarations in scope than any document has is refused', () => {
    const nested = Array.from({ length: 40 }, (_value, depth) => `<a xmlns:a${depth}="u" xmlns:b${depth}="u">`).join('');
    expect(codesOf(nested)).toEqual(['XML_LIMIT']);
  });

  it('of a declaration with an empty prefix is not XML with namespaces', () => {
    expect(codesOf('<Hoso xmlns:="urn:x"/>')).toEqual(['XML_MALFORMED']);
  });

  it('of a vertical tab in the XML declaration is not XML', () => {
    expect(codesOf('<?xml version="1.0"\x0bencoding="utf-8"?><Hoso/>')).toEqual(['XML_MALFORMED']);
  });

  it('of a value that looks like an instant and is none is repeated as it is', () => {
    expect(sentencesOf('AGENCY_UNKNOWN', { agency: '2026-99-99T99:99:99.999Z' }).en).toContain('2026-99-99T99:99:99.999Z');
  });

  it('of a value of any length makes a finding of bounded length, and never half a character', () => {
    const { params, value = '', place } = finding('AGENCY_UNKNOWN', { params: { agency: '&'.repeat(5_000_000) }, value: `${'😀'.repeat(40)}\ud83d`, place: { file: 'x'.repeat(100_000) } });
    expect([params['agency']?.length, value.isWellFormed(), (place.file ?? '').length]).toEqual([501, true, 501]);
  });
});
