// Guarantee: one encoding for each value. Whatever BER would also allow is an error, so that no other reader can see something else.
import { describe, expect, it } from '@jest/globals';
import { booleanOf, checkDer, fieldsOf, integerOf, namedBitsOf, oidOf, readDer, tags, timeOf, wholeBytesOf } from '../../src/trust/der.ts';

const read = (hex: string) => readDer(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('an element', () => {
  it.each([
    ['no bytes', ''],
    ['no length', '30'],
    ['content cut short', '0402aa'],
    ['bytes after the end', '040100 00'],
    ['indefinite length', '3080 0000'],
    ['long form for a short length', '048101aa'],
    ['a length with a leading zero', `04820080${'00'.repeat(128)}`],
    ['a length of five bytes', '04850000000001aa'],
    ['a long tag', '1f8101 01aa'],
  ])('is refused with %s', (_, hex) => {
    expect(() => read(hex)).toThrow();
  });

  it('keeps its raw bytes and its content', () => {
    const element = read(`048180${'ab'.repeat(128)}`);
    expect([element.raw.length, element.content.length]).toEqual([131, 128]);
  });
});

describe('fields', () => {
  it('are taken in order, optional ones only when they are there', () => {
    const fields = fieldsOf(read('3006 0101ff 020105'));
    expect(fields.optional(tags.oid)).toBeUndefined();
    expect(fields.optional(tags.oid, tags.boolean)?.tag).toBe(tags.boolean);
    expect(integerOf(fields.next())).toBe('05');
    expect(() => { fields.end(); }).not.toThrow();
  });

  it('may not be left over, missing or of another kind', () => {
    expect(() => { fieldsOf(read('3003 020105')).end(); }).toThrow('too many');
    expect(() => fieldsOf(read('3000')).next()).toThrow('missing');
    expect(() => fieldsOf(read('3003 020105')).next(tags.oid)).toThrow('tag');
    expect(() => fieldsOf(read('3103 020105'))).toThrow('tag');
  });

  it('that were taken as the rest are not left over', () => {
    const fields = fieldsOf(read('3006 020105 020106'));
    expect(fields.rest()).toHaveLength(2);
    expect(() => { fields.end(); }).not.toThrow();
  });
});

describe('values', () => {
  it.each([
    ['0603 551d0f', '2.5.29.15'],
    ['0609 2a864886f70d01010b', '1.2.840.113549.1.1.11'],
    ['060a 0992268993f22c640101', '0.9.2342.19200300.100.1.1'],
    ['0614 6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776', '2.25.329800735698586629295641978511506172918'],
  ])('object identifier %s is %s', (hex, text) => {
    expect(oidOf(read(hex))).toBe(text);
  });

  it.each(['0600', '0602 5580', '0603 55801d', `0641${'55'.repeat(65)}`, '0201 05'])('object identifier %s is refused', (hex) => {
    expect(() => oidOf(read(hex))).toThrow();
  });

  it('an integer loses its sign byte and nothing else', () => {
    expect([integerOf(read('020105')), integerOf(read('020200ff')), integerOf(read('020100'))]).toEqual(['05', 'ff', '00']);
  });

  it.each(['0200', '020180', '02020005', '0a0105'])('integer %s is refused: empty, negative, padded or of another tag', (hex) => {
    expect(() => integerOf(read(hex))).toThrow();
  });

  it('a boolean is 00 or ff', () => {
    expect([booleanOf(read('0101ff')), booleanOf(read('010100'))]).toEqual([true, false]);
    expect(() => booleanOf(read('010101'))).toThrow();
    expect(() => booleanOf(read('0100'))).toThrow();
  });

  it('named bits count from the left and the unused ones do not count', () => {
    expect([...namedBitsOf(read('0302 0106'))]).toEqual([5, 6]);
    expect([...namedBitsOf(read('0303 070080'))]).toEqual([8]);
    expect([...namedBitsOf(read('0302 07ff'))]).toEqual([0]);
    expect(() => namedBitsOf(read('0300'))).toThrow();
    expect(() => namedBitsOf(read('0302 0800'))).toThrow();
  });

  it('a signature is a whole number of bytes', () => {
    expect(wholeBytesOf(read('0303 00abcd')).toString('hex')).toBe('abcd');
    expect(() => wholeBytesOf(read('0302 01aa'))).toThrow();
  });
});

describe('a time', () => {
  const time = (tag: number, text: string) => timeOf(readDer(Buffer.concat([Buffer.from([tag, text.length]), Buffer.from(text)])));

  it('has two digits of the year from 1950 to 2049, or four', () => {
    expect(time(tags.utcTime, '500101000000Z').toISOString()).toBe('1950-01-01T00:00:00.000Z');
    expect(time(tags.utcTime, '491231235959Z').toISOString()).toBe('2049-12-31T23:59:59.000Z');
    expect(time(tags.generalizedTime, '99991231235959Z').toISOString()).toBe('9999-12-31T23:59:59.000Z');
    expect(time(tags.utcTime, '960229000000Z').toISOString()).toBe('1996-02-29T00:00:00.000Z');
    expect(time(tags.utcTime, '000229000000Z').toISOString()).toBe('2000-02-29T00:00:00.000Z');
  });

  it.each([
    ['no seconds', tags.utcTime, '2601010000Z'],
    ['an offset', tags.utcTime, '260101000000+0700'],
    ['a fraction', tags.generalizedTime, '20260101000000.5Z'],
    ['no zone', tags.generalizedTime, '20260101000000'],
    ['a day that does not exist', tags.utcTime, '260230000000Z'],
    ['the month 0', tags.utcTime, '260001000000Z'],
    ['the month 13', tags.utcTime, '261301000000Z'],
    ['the day 0', tags.utcTime, '260100000000Z'],
    ['the 31st of a month of thirty', tags.utcTime, '260431000000Z'],
    ['a leap day of a century that does not leap', tags.generalizedTime, '21000229000000Z'],
    ['the hour 24', tags.utcTime, '260101240000Z'],
    ['the minute 60', tags.utcTime, '260101006000Z'],
    ['a leap second', tags.utcTime, '260630235960Z'],
    ['a letter', tags.utcTime, '2601010000o0Z'],
    ['two letters more than a time', tags.utcTime, '26010100000000Z'],
    ['another tag', tags.octetString, '260101000000Z'],
  ])('with %s is refused', (_, tag, text) => {
    expect(() => time(tag, text)).toThrow();
  });
});

describe('the walk through a whole encoding', () => {
  const check = (hex: string) => () => { checkDer(Buffer.from(hex.replaceAll(' ', ''), 'hex')); };

  it.each([
    ['each basic value in its one form', '30 1a 0101ff 020100 0201ff 020200ff 0303 07 0080 0500 06012a 0a0105'],
    ['a context tag with elements inside, and one with octets', '30 07 a003020105 8000'],
    ['a set in any order, which no two readers read differently', '31 06 020102 020101'],
    ['octets that are no DER, inside an octet string', '04 02 3080'],
  ])('passes %s', (_, hex) => {
    expect(check(hex)).not.toThrow();
  });

  it.each([
    ['bytes after the end', '0500 00'],
    ['an indefinite length, at any depth', '30 06 a004 3080 0000'],
    ['a padded length, at any depth', '30 06 a004 048101aa'],
    ['an element cut short, at any depth', '30 04 a002 0402'],
    ['a constructed octet string', '24 03 0401aa'],
    ['a primitive sequence', '10 00'],
    ['the end of contents', '30 02 0000'],
    ['a boolean that is neither', '010101'],
    ['an integer with padding', '0202007f'],
    ['a negative integer with padding', '0202ff80'],
    ['an integer without content', '0200'],
    ['a null with content', '050100'],
    ['an object identifier cut short', '060188'],
    ['a bit string without a count', '0300'],
    ['a bit string with more unused bits than it has', '030101'],
    ['a bit string with unused bits set', '03020101'],
    ['a bit string with nine unused bits', '03020900'],
    ['a long tag', '30 04 bf810101'],
  ])('fails on %s', (_, hex) => {
    expect(check(hex)).toThrow();
  });

  it('has a bound on depth and on elements', () => {
    const nested = (depth: number): Buffer => [...Array(depth - 1).keys()].reduce((inner) => Buffer.concat([Buffer.from([0xa0, inner.length]), inner]), Buffer.from('0500', 'hex'));
    expect(() => { checkDer(nested(32)); }).not.toThrow();
    expect(() => { checkDer(nested(33)); }).toThrow('too deep');
    const wide = Buffer.from(`3006${'0500'.repeat(3)}`, 'hex');
    expect(() => { checkDer(wide, { depth: 2, elements: 4 }); }).not.toThrow();
    expect(() => { checkDer(wide, { depth: 2, elements: 3 }); }).toThrow('too many');
    expect(() => { checkDer(wide, { depth: 1, elements: 4 }); }).toThrow('too deep');
  });
});
