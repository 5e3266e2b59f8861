// Attack: a reference to something outside the document: the receiver fetches what the attacker names (server-side request forgery, local
// files), and what is digested is not what is read (CVE-2021-40690 Apache Santuario; W3C XML Signature best practices §2.1.4).
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { evil, itWith, openStage, xmlsec1 } from './stage.ts';

const stage = await openStage();
const folder = mkdtempSync(join(tmpdir(), 'attack-'));
afterAll(() => {
  stage.close();
  rmSync(folder, { recursive: true, force: true });
});

const outside = join(folder, 'outside.txt');
writeFileSync(outside, 'outside');
const digest = createHash('sha256').update('outside').digest('base64');
const referring = (uri: string, besides: readonly { uri: string }[] = []): string => stage.dossier({
  spec: { references: [...besides, { uri }], editSignedInfo: (xml) => xml.replace(/(<Reference URI="[^"]+">.*?<DigestValue>)[^<]*/, `$1${digest}`) },
});

describe('a reference to the outside', () => {
  itWith('xmlsec1', 'lives: another engine reads the file that the sender names, and the dossier is outside of what is signed', () => {
    const signed = referring(`file://${outside}`);
    expect([signed, evil(signed)].map((xml) => xmlsec1(stage.pki, xml))).toEqual([true, true]);
    expect([signed, evil(signed)].map((xml) => stage.judged(xml))).toEqual(['REFERENCE_EXTERNAL', 'REFERENCE_EXTERNAL']);
  });

  it('is not followed to a server', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end('outside');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      expect(stage.judged(referring(`http://127.0.0.1:${port}/outside`))).toBe('REFERENCE_EXTERNAL');
      expect(asked).toBe(0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([['alone', []], ['beside the whole document', [{ uri: '' }]]])('is refused %s, in whatever scheme', (_how, besides) => {
    for (const uri of [`file://${outside}`, outside, 'outside.txt', 'https://attacker.example/', 'ftp://attacker.example/', 'data:text/plain,outside', 'jar:file:///x!/y', 'cid:1', '?', '.', ' ', ' #proid', '/', 'urn:x']) {
      expect([uri, stage.judged(referring(uri, besides))]).toEqual([uri, 'REFERENCE_EXTERNAL']);
    }
  });

  it('is what a reference without a URI is: nobody can say what was signed', () => {
    expect(stage.judged(stage.dossier({ spec: { editSignedInfo: (xml) => xml.replace(' URI=""', '') } }))).toBe('SIGNATURE_FORMAT');
    expect(stage.judged(stage.dossier({ spec: { editSignedInfo: (xml) => xml.replace(' URI=""', '').replace(/<Transforms>.*<\/Transforms>/, '') } }))).toBe('SIGNATURE_FORMAT');
    expect(stage.judged(stage.dossier({ spec: { editSignedInfo: (xml) => xml.replace(' URI=""', ' xmlns:x="urn:x" x:URI=""') } }))).toBe('SIGNATURE_FORMAT');
  });
});
