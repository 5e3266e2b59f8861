// Guarantee: a signer is whoever a verified path leads to an anchor from, at one instant; the search ends, and the same arguments give
// the same answer. Constraints are in constraints.test.ts, revocation in revocation.test.ts.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Refusal, Unavailable } from '../../src/errors/outcomes.ts';
import { parseCertificate, type Certificate } from '../../src/trust/certificate.ts';
import { restoreTrustMaterial, serializeTrustMaterial } from '../../src/trust/material.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { at, days, issue, makeKeys, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, nameOf, refusedWith, thrownBy, x509, type Holder } from './support.ts';

let root: Holder;
let subordinate: Holder;
let leaf: Certificate;

beforeAll(async () => {
  root = await makeRoot();
  subordinate = await makeSubordinate(root);
  leaf = await makeLeaf(subordinate);
});

const namesOf = (path: readonly Certificate[]): readonly string[] => path.map(({ commonName }) => commonName);

describe('a path', () => {
  it('leads from the leaf over its issuer to the anchor', async () => {
    const signer = trustSigner(leaf, await materialOf([root, subordinate]), at, 'signature');
    expect(signer.path).toEqual([leaf, subordinate.certificate, root.certificate]);
    expect(signer).toMatchObject({ certificate: leaf, subject: leaf.subject, commonName: leaf.commonName, taxCodes: ['0101300842'], at });
  });

  it('may have no subordinate between', async () => {
    const direct = await makeLeaf(root);
    expect(trustSigner(direct, await materialOf([root]), at, 'signature').path).toHaveLength(2);
  });

  it('is found without key identifiers, by name and signature', async () => {
    const bare = await makeLeaf(subordinate, { keyIdentifiers: false });
    expect(trustSigner(bare, await materialOf([root, subordinate]), at, 'signature').path).toHaveLength(3);
  });

  it('is found though the key identifier points to another authority', async () => {
    const identifier = new x509.AuthorityKeyIdentifierExtension('00'.repeat(20));
    const misled = await makeLeaf(subordinate, { keyIdentifiers: false, extensions: [identifier] });
    expect(trustSigner(misled, await materialOf([root, subordinate]), at, 'signature').path).toHaveLength(3);
  });

  it('has six certificates at most', async () => {
    const chain = [root];
    for (const commonName of ['1', '2', '3', '4', '5']) chain.push(await makeSubordinate(chain.at(-1) ?? root, commonName));
    const [fourth = root, fifth = root] = chain.slice(4);
    const material = await materialOf(chain);
    expect(trustSigner(await makeLeaf(fourth), material, at, 'signature').path).toHaveLength(6);
    const tooLong = await makeLeaf(fifth);
    expect(refusedWith(() => trustSigner(tooLong, material, at, 'signature'))).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });
});

describe('no path', () => {
  const chainless = async (certificate: Certificate, holders: readonly Holder[]): Promise<void> => {
    const material = await materialOf(holders);
    expect(refusedWith(() => trustSigner(certificate, material, at, 'signature'))).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  };

  it('from an unknown authority', async () => {
    await chainless(await makeLeaf(await makeRoot('Unknown')), [root, subordinate]);
  });

  it('from an authority of the same name with another key, even if it claims the key identifier', async () => {
    const keys = await makeKeys();
    const identifier = new x509.AuthorityKeyIdentifierExtension(subordinate.certificate.subjectKeyIdentifier ?? '');
    await chainless(await makeLeaf({ name: subordinate.name, keys }, { keyIdentifiers: false, extensions: [identifier] }), [root, subordinate]);
  });

  it('over the right key under another name', async () => {
    await chainless(leaf, [root, await makeSubordinate(root, 'Other', { keys: subordinate.keys })]);
  });

  it('when the subordinate is missing', async () => {
    await chainless(leaf, [root]);
  });

  it('over an intermediate that no anchor signed: lying in the folder makes it no anchor', async () => {
    const stray = await makeSubordinate({ name: root.name, keys: await makeKeys() }, 'Stray');
    await chainless(await makeLeaf(stray), [root, stray]);
  });

  it('from a self-signed certificate', async () => {
    const keys = await makeKeys();
    await chainless(await makeLeaf({ name: nameOf('Me'), keys }, { subject: nameOf('Me'), keys }), [root]);
  });

  it('when any one byte of the certificate was changed', async () => {
    const material = await materialOf([root, subordinate]);
    for (let position = 0; position < leaf.der.length; position += 3) {
      const changed = Buffer.from(leaf.der);
      changed[position] = (changed[position] ?? 0) ^ 0x01;
      expect(refusedWith(() => trustSigner(parseCertificate(changed), material, at, 'signature'))).not.toEqual([]);
    }
  });

  it('names the issuer', async () => {
    const material = await materialOf([root]);
    expect(thrownBy(() => trustSigner(leaf, material, at, 'signature'))).toMatchObject({ findings: [{ params: { issuer: 'CN=VNPT-CA, O=Thử nghiệm, C=VN' } }] });
  });
});

describe('the certificate of an authority signs no dossier', () => {
  it.each([['an anchor', () => root], ['an intermediate', () => subordinate]])('%s', async (_, holder) => {
    const material = await materialOf([root, subordinate]);
    const { certificate } = holder();
    const reason = `CHAIN_CONSTRAINTS_FAILURE basicConstraints cA = TRUE (${certificate.subject})`;
    expect(refusedWith(() => trustSigner(certificate, material, at, 'signature'))).toEqual([reason]);
  });
});

describe('of several candidates', () => {
  it('the one of two renewed subordinates of one name whose key signed is taken', async () => {
    const renewed = await makeSubordinate(root);
    const material = await materialOf([root, subordinate, renewed]);
    for (const holder of [subordinate, renewed]) {
      expect(trustSigner(await makeLeaf(holder), material, at, 'signature').path[1]).toBe(holder.certificate);
    }
  });

  it('the one that the key identifier names comes first', async () => {
    const { keys } = subordinate;
    const identified = (identifier: string) =>
      makeSubordinate(root, 'VNPT-CA', { keys, keyIdentifiers: false, extensions: [new x509.SubjectKeyIdentifierExtension(identifier)] });
    const holders = [await identified('aa'), await identified('bb')];
    const material = await materialOf([root, ...holders]);
    for (const { certificate } of holders) {
      const identifier = new x509.AuthorityKeyIdentifierExtension(certificate.subjectKeyIdentifier ?? '');
      const named = await makeLeaf(subordinate, { keyIdentifiers: false, extensions: [identifier] });
      expect(trustSigner(named, material, at, 'signature').path[1]).toBe(certificate);
    }
  });

  it('the one still valid is taken when a subordinate was renewed with the same key', async () => {
    const { keys } = subordinate;
    const expired = await makeSubordinate(root, 'VNPT-CA', { keys, notAfter: days(-1) });
    const material = await materialOf([expired, root, subordinate]);
    expect(trustSigner(leaf, material, at, 'signature').path[1]).toBe(subordinate.certificate);
  });

  it('the findings of the least bad are reported when none is good', async () => {
    const { keys } = subordinate;
    const worse = await makeSubordinate(root, 'VNPT-CA', { keys, notAfter: days(-2), pathLength: 0, usages: [6] });
    const bad = await makeSubordinate(root, 'VNPT-CA', { keys, notAfter: days(-1) });
    const material = await materialOf([root, worse, bad]);
    const reason = `CHAIN_CONSTRAINTS_FAILURE notAfter = ${days(-1).toISOString()} (${bad.certificate.subject})`;
    expect(refusedWith(() => trustSigner(leaf, material, at, 'signature'))).toEqual([reason]);
  });

  it('a cross-signed authority is followed to whichever anchor is there', async () => {
    const other = await makeRoot('Other Root');
    const crossed = await issue(other, { ca: true, subject: root.name, keys: root.keys });
    const material = await materialOf([other, subordinate, crossed], [await makeList(other), await makeList(subordinate), await makeList(root)]);
    expect(namesOf(trustSigner(leaf, material, at, 'signature').path).slice(1)).toEqual(['VNPT-CA', 'Vietnam National Root CA', 'Other Root']);
  });

  it('the shortest path comes first', async () => {
    const other = await makeRoot('Other Root');
    const crossed = await issue(other, { ca: true, subject: root.name, keys: root.keys });
    expect(trustSigner(leaf, await materialOf([root, other, crossed, subordinate]), at, 'signature').path).toHaveLength(3);
  });
});

describe('the search ends', () => {
  /** Authorities that all signed each other, and none of which an anchor signed. */
  async function makeMaze(size: number): Promise<{ ring: readonly Holder[]; crossed: readonly Holder[] }> {
    const ring = await Promise.all([...Array(size).keys()].map(async (index) => ({ name: nameOf(`Ring ${index}`), keys: await makeKeys() })));
    const pairs = ring.flatMap((issuer) => ring.filter((subject) => subject !== issuer).map((subject) => ({ issuer, subject })));
    const crossed = await Promise.all(pairs.map(({ issuer, subject }) => issue(issuer, { ca: true, subject: subject.name, keys: subject.keys })));
    return { ring: crossed.slice(0, 1), crossed };
  }

  it('in a loop of two authorities that signed each other', async () => {
    const { ring: [start = root], crossed } = await makeMaze(2);
    const material = await materialOf([root, ...crossed]);
    const lost = await makeLeaf(start);
    expect(refusedWith(() => trustSigner(lost, material, at, 'signature'))).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });

  it('without using a certificate twice: renewals in a loop do not use up the bound', async () => {
    const { crossed: [first = root, second = root] } = await makeMaze(2);
    const renew = (issuer: Holder, subject: Holder) => issue(issuer, { ca: true, subject: subject.name, keys: subject.keys });
    const loop = [first, second, await renew(first, second), await renew(second, first), await renew(second, first)];
    const material = await materialOf([root, ...loop], []);
    const lost = await makeLeaf(first);
    expect(refusedWith(() => trustSigner(lost, material, at, 'signature'))).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });

  it('in a maze, with "not now": that our material is a maze is no fault of the dossier', async () => {
    const { ring: [start = root], crossed } = await makeMaze(6);
    const material = await materialOf([root, ...crossed], []);
    const lost = await makeLeaf(start);
    expect(thrownBy(() => trustSigner(lost, material, at, 'signature'))).toMatchObject({ name: 'Unavailable', message: expect.stringContaining('too many') });
  });

  it('with the good path, though a maze hangs on the same authority', async () => {
    const { ring: [start = root], crossed } = await makeMaze(6);
    const exit = await issue(root, { ca: true, subject: start.name, keys: start.keys });
    const material = await materialOf([root, exit, ...crossed], [await makeList(root), await makeList(start)]);
    expect(trustSigner(await makeLeaf(start), material, at, 'signature').path).toHaveLength(3);
  });
});

describe('the instant', () => {
  it('must be one', async () => {
    const material = await materialOf([root, subordinate]);
    const error = thrownBy(() => trustSigner(leaf, material, new Date(NaN), 'signature'));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Unavailable);
    expect(error).not.toBeInstanceOf(Refusal);
  });

  it('and the stored material decide: an audit repeats the judgement', async () => {
    const material = await materialOf([root, subordinate]);
    const again = restoreTrustMaterial(serializeTrustMaterial(material));
    expect(trustSigner(parseCertificate(leaf.der), again, new Date(at), 'signature')).toEqual(trustSigner(leaf, material, at, 'signature'));
  });
});
