// Attack: an XSLT transform is a program of the sender's run by the receiver: it can give the same output for every content, read files, never
// end, and in some engines call anything (CVE-2013-2461 JDK, CVE-2014-3522; W3C XML Signature best practices §2.1.2).
import { createHash } from 'node:crypto';

import { afterAll, describe, expect, it } from '@jest/globals';

import { attackersName, enveloped, evil, itWith, openStage, xmlsec1 } from './stage.ts';

const stage = await openStage();
afterAll(() => { stage.close(); });

const program = (body: string): string =>
  `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0">` +
  `<x:output method="text"></x:output>${body}</x:stylesheet></Transform>`;
/** The same four octets whatever the document holds. */
const constant = program('<x:template match="/">same</x:template>');
const digest = createHash('sha256').update('same').digest('base64');
const signedWith = (transforms: string): string => stage.dossier({ spec: { references: [{ uri: '', transforms }], editSignedInfo: (xml) => xml.replace(/<DigestValue>[^<]*/, `<DigestValue>${digest}`) } });

describe('an XSLT transform', () => {
  itWith('xmlsec1', 'lives: content may change to anything and another engine holds it for good', () => {
    const signed = signedWith(enveloped + constant);
    expect(evil(signed)).toContain(attackersName);
    expect([signed, evil(signed)].map((xml) => xmlsec1(stage.pki, xml))).toEqual([true, true]);
  });

  it.each([
    ['that writes the same for every content', enveloped + constant],
    ['alone', constant],
    ['before the enveloped-signature transform', constant + enveloped],
    ['that reads a file', enveloped + program('<x:template match="/"><x:copy-of select="document(&quot;/etc/passwd&quot;)"></x:copy-of></x:template>')],
    ['that never ends', enveloped + program('<x:template match="/"><x:apply-templates select="/"></x:apply-templates></x:template>')],
  ])('%s is refused without being run', (_what, transforms) => {
    expect(stage.judged(stage.dossier())).toBe('accepted');
    expect(stage.judged(signedWith(transforms))).toBe('TRANSFORM_FORBIDDEN');
  });
});
