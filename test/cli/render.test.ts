// ivan render: the page is written whatever the verdict, says it, and so does the exit code; nothing is overwritten.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it, test } from '@jest/globals';

import { createWorld, dossierOf, receiptFor, resultFor, trustFiles } from '../client/support.ts';
import type { World } from '../client/support.ts';
import { signedFirstRegistration } from '../support/first-registrations.ts';
import { ivan, temporaryFolder } from './support.ts';
import type { Run } from './support.ts';

let world: World;
let folder: string;
const at = (name: string): string => join(folder, name);
const render = (file: string, out: string, ...more: string[]): Promise<Run> => ivan(['render', at(file), '--trust', at('trust'), '--html', at(`${out}.html`), ...more]);
const page = (out: string): string => readFileSync(at(`${out}.html`), 'utf8');

beforeAll(async () => {
  world = await createWorld();
  folder = await temporaryFolder();
  for (const name of ['trust', 'without-lists']) mkdirSync(at(name));
  for (const [name, text] of trustFiles(world.pki)) {
    writeFileSync(at(join('trust', name)), text);
    if (!name.includes('crl')) writeFileSync(at(join('without-lists', name)), text);
  }
  const dossier = await dossierOf(world);
  writeFileSync(at('hoso.xml'), dossier);
  writeFileSync(at('dang-ky.xml'), await signedFirstRegistration(world.employer));
  writeFileSync(at('receipt.xml'), await receiptFor(world, dossier));
  writeFileSync(at('result.xml'), await resultFor(world, dossier));
  writeFileSync(at('changed.xml'), readFileSync(at('receipt.xml'), 'utf8').replace('GD-1', 'GD-2'));
  writeFileSync(at('unsigned.xml'), readFileSync(at('hoso.xml'), 'utf8').replace(/<Signature .*<\/Signature>/s, ''));
  writeFileSync(at('other.xml'), '<a/>');
  writeFileSync(at('broken.xml'), '<Hoso>');
});

describe('ivan render', () => {
  it('calls a first registration and its fields by their names, not by those of a usual dossier', async () => {
    await render('dang-ky.xml', 'dang-ky-names');
    const text = page('dang-ky-names');
    expect(text).toContain('Hồ sơ đăng ký tham gia lần đầu của đơn vị');
    expect(['Mã cơ quan BHXH nhận hồ sơ', 'TK3-TS-595.xml', 'CÔNG TY TNHH BỐN NĂM SÁU (THỬ NGHIỆM)'].filter((label) => !text.includes(label))).toEqual([]);
  });

  test.each([
    ['hoso.xml', 2],
    ['dang-ky.xml', 2],
    ['receipt.xml', 1],
    ['result.xml', 2],
  ])('%s: as HTML and as PDF, exit 0', async (file, parts) => {
    const { exitCode, out } = await render(file, file, '--pdf', at(`${file}.pdf`), '--json');
    expect(exitCode).toBe(0);
    const facts = JSON.parse(out) as { standing: string; parts: { signatures: string[] }[] };
    expect([facts.standing, facts.parts.map(({ signatures }) => signatures)]).toEqual(['passed', Array.from({ length: parts }, () => ['passed'])]);
    expect(page(file)).toContain('SIGNATURE RIGHT AND TRUSTED');
    expect(readFileSync(at(`${file}.pdf`)).toString('latin1', 0, 5)).toBe('%PDF-');
  });

  test.each([
    ['an altered message', 'changed.xml', 'SIGNATURE WRONG'],
    ['an unsigned dossier', 'unsigned.xml', 'NOT SIGNED'],
  ])('%s: written under its warning, exit 1', async (_, file, words) => {
    const { exitCode, out } = await render(file, file);
    expect(exitCode).toBe(1);
    expect(page(file)).toContain(words);
    expect(page(file)).not.toContain(file === 'changed.xml' ? 'RIGHT AND TRUSTED' : 'class="part passed" id="part-0"');
    expect(out).toContain('VOUCHED FOR BY NO SIGNATURE');
  });

  it('without revocation lists: written as not recognised, exit 2', async () => {
    const { exitCode } = await ivan(['render', at('hoso.xml'), '--trust', at('without-lists'), '--html', at('open.html')]);
    expect(exitCode).toBe(2);
    expect(page('open')).toContain('SIGNATURE NOT RECOGNISED');
  });

  it('judges as of the time asked for: an expired certificate is exit 1, where ivan verify says that it cannot be decided', async () => {
    const late = ['--at', '2046-01-01T00:00:00+07:00'];
    const [rendered, verified] = [await render('hoso.xml', 'late', ...late), await ivan(['verify', at('hoso.xml'), '--trust', at('trust'), ...late])];
    expect([rendered.exitCode, verified.exitCode]).toEqual([1, 2]);
    expect(page('late')).toContain('EXPIRED');
  });

  test.each([
    ['what is no document of the standard', ['other.xml'], 3],
    ['what is no XML', ['broken.xml'], 1],
    ['a file that is not there', ['none.xml'], 3],
  ])('%s: nothing is written', async (_, [file = ''], code) => {
    expect((await render(file, file)).exitCode).toBe(code);
    expect(existsSync(at(`${file}.html`))).toBe(false);
  });

  it('never overwrites a file', async () => {
    writeFileSync(at('kept.html'), 'x');
    expect((await render('hoso.xml', 'kept')).exitCode).toBe(3);
    expect(page('kept')).toBe('x');
  });
});
