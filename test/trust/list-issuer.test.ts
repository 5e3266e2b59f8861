// Guarantee: whose a list is, is told from its first octets exactly as from the whole list, and from octets that are no list not at all.
import { expect, it } from '@jest/globals';

import { parseRevocationList } from '../../src/trust/crl.ts';
import { issuerOfList } from '../../src/trust/list-issuer.ts';
import { makeList, makeRoot } from './support.ts';

it('the issuer of a list is read from its beginning', async () => {
  const list = await makeList(await makeRoot());
  const { issuerDer } = parseRevocationList(list);
  const end = list.indexOf(issuerDer) + issuerDer.length;
  for (const length of [list.length, end, 4096]) expect(issuerOfList(list.subarray(0, length))?.equals(issuerDer)).toBe(true);
  for (let length = 0; length < end; length += 1) expect([length, issuerOfList(list.subarray(0, length))]).toEqual([length, undefined]);
});

it('what is no list has no issuer', async () => {
  const { certificate } = await makeRoot();
  expect([Buffer.alloc(0), Buffer.from('no list'), Buffer.alloc(4096, 0xff), Buffer.from([0x30, 0x80, 0x30, 0x80])].map(issuerOfList)).toEqual([undefined, undefined, undefined, undefined]);
  expect(issuerOfList(certificate.der)).toBeUndefined();
});
