// Guarantee: an authority bound to some names certifies no others. Whatever cannot be compared for certain counts against the certificate.
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Certificate } from '../../src/trust/certificate.ts';
import { trustSigner } from '../../src/trust/path.ts';
import { alternatives, at, der, general, issue, makeLeaf, makeList, makeRoot, makeSubordinate, materialOf, refusedWith, thrownBy, unitName, x509, type Holder, type Shape } from './support.ts';

let root: Holder;
let rootList: Buffer;

beforeAll(async () => {
  root = await makeRoot();
  rootList = await makeList(root);
});

interface Subtrees {
  readonly permitted?: readonly Buffer[];
  readonly excluded?: readonly Buffer[];
}

const subtrees = (tag: number, bases: readonly Buffer[] | undefined): readonly Buffer[] =>
  bases === undefined ? [] : [der(tag, ...bases.map((base) => der(0x30, base)))];
const constraints = ({ permitted, excluded }: Subtrees, critical = true): x509.Extension =>
  new x509.Extension('2.5.29.30', critical, der(0x30, ...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded)));

/** The words of the violation, or nothing when trusted. */
async function violation(bounds: Subtrees, shape: Shape, critical = true): Promise<string> {
  const bound = await makeSubordinate(root, 'Bound CA', { extensions: [constraints(bounds, critical)] });
  return judge(await makeLeaf(bound, shape), [root, bound], [rootList, await makeList(bound)]);
}

async function judge(certificate: Certificate, holders: readonly Holder[], lists: readonly Buffer[]): Promise<string> {
  const material = await materialOf(holders, lists);
  const call = () => trustSigner(certificate, material, at, 'signature');
  return thrownBy(call) === undefined ? '' : refusedWith(call).map((text) => /nameConstraints (.*) \(/.exec(text)?.[1] ?? text).join();
}

const leafWith = (...names: readonly Buffer[]): Shape => ({ extensions: [alternatives(...names)] });
const named = (...subject: x509.JsonNameParams): Shape => ({ subject });
const { mail, dns, uri, ip, directory, other } = general;
const [VN, ABC] = [{ C: ['VN'] }, { O: ['ABC'] }];

/** [name in the certificate, base of the subtree, whether the base holds it] */
const table: readonly (readonly [kind: string, name: Shape, base: Buffer, within: boolean])[] = [
  ['a mailbox', leafWith(mail('ke.toan@abc.vn')), mail('ke.toan@abc.vn'), true],
  ['a mailbox with another local part', leafWith(mail('giam.doc@abc.vn')), mail('ke.toan@abc.vn'), false],
  ['a local part in other letters, for it is another', leafWith(mail('Ke.Toan@abc.vn')), mail('ke.toan@abc.vn'), false],
  ['a host in other letters, for it is the same', leafWith(mail('ke.toan@ABC.vn')), mail('ke.toan@abc.vn'), true],
  ['a mailbox of the host', leafWith(mail('a@abc.vn')), mail('abc.vn'), true],
  ['a mailbox of a host below', leafWith(mail('a@mail.abc.vn')), mail('abc.vn'), false],
  ['a mailbox of a host below the dot', leafWith(mail('a@mail.abc.vn')), mail('.abc.vn'), true],
  ['a mailbox of the host above the dot', leafWith(mail('a@abc.vn')), mail('.abc.vn'), false],
  ['a mailbox whose host only ends alike', leafWith(mail('a@xabc.vn')), mail('abc.vn'), false],
  ['an e-mail address in the subject', named({ E: ['a@abc.vn'] }, VN), mail('abc.vn'), true],
  ['another e-mail address in the subject', named({ E: ['a@xyz.vn'] }, VN), mail('abc.vn'), false],
  ['a host', leafWith(dns('abc.vn')), dns('abc.vn'), true],
  ['a host below', leafWith(dns('www.abc.vn')), dns('abc.vn'), true],
  ['a host in other letters', leafWith(dns('WWW.Abc.VN')), dns('aBC.vn'), true],
  ['a host that only ends alike', leafWith(dns('xabc.vn')), dns('abc.vn'), false],
  ['the host above a dot', leafWith(dns('abc.vn')), dns('.abc.vn'), false],
  ['a wildcard below', leafWith(dns('*.abc.vn')), dns('abc.vn'), true],
  ['any host, below nothing', leafWith(dns('abc.vn')), dns(''), true],
  ['a URI of the host', leafWith(uri('https://user@abc.vn:443/x?y#z')), uri('abc.vn'), true],
  ['a URI of a host below', leafWith(uri('https://www.abc.vn/')), uri('abc.vn'), false],
  ['a URI of a host below the dot', leafWith(uri('https://www.abc.vn/')), uri('.abc.vn'), true],
  ['a URI that has the host in its path', leafWith(uri('https://xyz.vn/abc.vn')), uri('abc.vn'), false],
  ['a URI that has the host before its @', leafWith(uri('https://abc.vn@xyz.vn/')), uri('abc.vn'), false],
  ['an address of the network', leafWith(ip(10, 1, 2, 3)), ip(10, 1, 0, 0, 255, 255, 0, 0), true],
  ['an address of another network', leafWith(ip(10, 2, 2, 3)), ip(10, 1, 0, 0, 255, 255, 0, 0), false],
  ['an address of the other family', leafWith(ip(...Array<number>(16).fill(0))), ip(0, 0, 0, 0, 0, 0, 0, 0), false],
  ['an address of IPv6', leafWith(ip(0x20, 1, ...Array<number>(14).fill(7))), ip(0x20, 1, ...Array<number>(14).fill(0), 255, 255, ...Array<number>(14).fill(0)), true],
  ['a subject below', named(VN, ABC, { CN: ['x'] }), directory([VN, ABC]), true],
  ['a subject in other letters, spaces and string types', named({ C: ['VN'] }, { O: [{ utf8String: ' abc ' }] }), directory([VN, { O: [{ printableString: 'ABC' }] }]), true],
  ['a subject in another order', named(ABC, VN), directory([VN, ABC]), false],
  ['a subject above', named(VN), directory([VN, ABC]), false],
  ['a subject beside', named(VN, { O: ['XYZ'] }), directory([VN, ABC]), false],
  ['a subject, below nothing', named(VN), directory([]), true],
  ['an alternative name below', { subject: [VN, ABC], extensions: [alternatives(directory([VN, ABC, { CN: ['x'] }]))] }, directory([VN, ABC]), true],
  ['an alternative name beside', { subject: [VN, ABC], extensions: [alternatives(directory([VN]))] }, directory([VN, ABC]), false],
];

describe('a subtree holds or does not hold', () => {
  it.each(table)('%s', async (_, shape, base, within) => {
    expect(await violation({ permitted: [base] }, shape)).toBe(within ? '' : 'permittedSubtrees');
  });

  // The last row has two names, of which the first is held.
  it.each(table.slice(0, -1))('%s, excluded', async (_, shape, base, within) => {
    expect(await violation({ excluded: [base] }, shape)).toBe(within ? 'excludedSubtrees' : '');
  });
});

describe('what cannot be compared is neither permitted nor outside of what is excluded', () => {
  it.each<[what: string, name: Buffer, base: Buffer]>([
    ['an address without @', mail('abc.vn'), mail('xyz.vn')],
    ['an address with two @', mail('"a@b"@abc.vn'), mail('xyz.vn')],
    ['an address without a local part', mail('@abc.vn'), mail('xyz.vn')],
    ['an address outside of ASCII', mail('ế@abc.vn'), mail('xyz.vn')],
    ['a host that ends with a dot', dns('abc.vn.'), dns('xyz.vn')],
    ['a host with a NUL', dns('abc.vn\0.xyz.vn'), dns('def.vn')],
    ['an empty host', dns(''), dns('xyz.vn')],
    ['a URI without a host', uri('urn:abc'), uri('xyz.vn')],
    ['a URI with an address for its host', uri('https://10.0.0.1/'), uri('xyz.vn')],
    ['a base that is no host', dns('abc.vn'), dns('xyz vn')],
    ['an address of five bytes', ip(1, 2, 3, 4, 5), ip(9, 9, 9, 9, 255, 255, 255, 255)],
    ['a network of five bytes', ip(1, 2, 3, 4), ip(9, 9, 9, 9, 9)],
    ['another kind of name', other(), other()],
  ])('%s', async (_, name, base) => {
    expect(await violation({ permitted: [base] }, leafWith(name))).toBe('permittedSubtrees');
    expect(await violation({ excluded: [base] }, leafWith(name))).toBe('excludedSubtrees');
  });
});

describe('constraints', () => {
  it('bind each kind of name by itself', async () => {
    expect(await violation({ permitted: [dns('abc.vn')] }, leafWith(mail('a@xyz.vn'), uri('https://xyz.vn'), ip(1, 2, 3, 4), other()))).toBe('');
    expect(await violation({ permitted: [other()] }, leafWith(mail('a@xyz.vn')))).toBe('');
  });

  it('permit what any of several bases holds, and every name must be held', async () => {
    const permitted = [mail('abc.vn'), mail('xyz.vn')];
    expect(await violation({ permitted }, leafWith(mail('a@abc.vn'), mail('a@xyz.vn')))).toBe('');
    expect(await violation({ permitted }, leafWith(mail('a@abc.vn'), mail('a@def.vn')))).toBe('permittedSubtrees');
  });

  it('that exclude win over those that permit', async () => {
    const bounds = { permitted: [dns('abc.vn')], excluded: [dns('secret.abc.vn')] };
    expect(await violation(bounds, leafWith(dns('www.abc.vn')))).toBe('');
    expect(await violation(bounds, leafWith(dns('www.abc.vn'), dns('x.secret.abc.vn')))).toBe('excludedSubtrees');
  });

  it('are computed whether critical or not', async () => {
    expect(await violation({ permitted: [mail('abc.vn')] }, leafWith(mail('a@xyz.vn')), false)).toBe('permittedSubtrees');
  });

  it('of several authorities all count', async () => {
    const outer = await makeSubordinate(root, 'Outer CA', { extensions: [constraints({ permitted: [dns('abc.vn')] })] });
    const inner = await makeSubordinate(outer, 'Inner CA', { extensions: [constraints({ permitted: [dns('vn')], excluded: [dns('x.abc.vn')] })] });
    const lists = [rootList, await makeList(outer), await makeList(inner)];
    const judgeName = async (host: string) => judge(await makeLeaf(inner, leafWith(dns(host))), [root, outer, inner], lists);
    expect([await judgeName('www.abc.vn'), await judgeName('www.xyz.vn'), await judgeName('x.abc.vn')]).toEqual(['', 'permittedSubtrees', 'excludedSubtrees']);
  });

  it('bind authorities too, except what an authority issued to itself', async () => {
    const bounds = { extensions: [constraints({ permitted: [directory([{ CN: ['Bound CA'] }]), directory(unitName)] })] };
    const bound = await makeSubordinate(root, 'Bound CA', { ...bounds, subject: [{ CN: ['Bound CA'] }] });
    const outside = await makeSubordinate(bound, 'Outside CA');
    expect(await judge(await makeLeaf(outside), [root, bound, outside], await Promise.all([root, bound, outside].map((holder) => makeList(holder))))).toBe('permittedSubtrees');
    const narrow = await makeSubordinate(root, 'Narrow CA', { extensions: [constraints({ permitted: [directory(unitName)] })] });
    const renewed = await issue(narrow, { ca: true, subject: narrow.name });
    expect(await judge(await makeLeaf(renewed), [root, narrow, renewed], await Promise.all([root, narrow, renewed].map((holder) => makeList(holder))))).toBe('');
  });

  it('bind a leaf even if it bears its issuer’s name', async () => {
    const bound = await makeSubordinate(root, 'Bound CA', { extensions: [constraints({ permitted: [mail('abc.vn')] })] });
    const selfIssued = await makeLeaf(bound, { subject: bound.name, ...leafWith(mail('a@xyz.vn')) });
    expect(await judge(selfIssued, [root, bound], [rootList, await makeList(bound)])).toBe('permittedSubtrees');
  });

  it('of an anchor bind its paths', async () => {
    const anchor = await makeRoot('Bound Root', { extensions: [constraints({ excluded: [mail('abc.vn')] })] });
    expect(await judge(await makeLeaf(anchor, leafWith(mail('a@abc.vn'))), [anchor], [await makeList(anchor)])).toBe('excludedSubtrees');
  });

  it('with a distance, or that are none, make a certificate unreadable', async () => {
    const distant = new x509.Extension('2.5.29.30', true, der(0x30, der(0xa0, der(0x30, dns('abc.vn'), der(0x80, Buffer.from([1]))))));
    for (const extension of [distant, new x509.Extension('2.5.29.30', true, Buffer.from('0500', 'hex'))]) {
      await expect(makeSubordinate(root, 'Odd CA', { extensions: [extension] })).rejects.toMatchObject({ findings: [{ code: 'CERTIFICATE_MALFORMED' }] });
    }
  });

  it('and names in excess are not computed', async () => {
    const many = (count: number): readonly Buffer[] => Array.from({ length: count }, (_, index) => dns(`h${index}.vn`));
    expect(await violation({ permitted: many(200).slice(0, 60) }, leafWith(...many(60)))).toBe('');
    expect(await violation({ permitted: many(200) }, leafWith(...many(90)))).toBe('nameConstraints > 16384');
    await expect(makeLeaf(root, leafWith(...many(257)))).rejects.toMatchObject({ findings: [{ code: 'CERTIFICATE_MALFORMED' }] });
  });
});
