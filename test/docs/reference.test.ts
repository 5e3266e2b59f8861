// Guarantee: the reference is whole and true to the standard, works from a disk without a network and without a script, leads nowhere that is not
// there, and no text of a table becomes markup.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { html } from '../../src/docs/html.ts';
import { examplesByRule } from '../../src/docs/material.ts';
import type { Material } from '../../src/docs/material.ts';
import { referenceFiles } from '../../src/docs/site.ts';
import { changedLines, sampleBlock } from '../../src/docs/xml-sample.ts';
import { findingTexts } from '../../src/errors/findings.ts';
import { operations } from '../../src/http/operations/all.ts';
import { packageFile } from '../../src/paths.ts';
import { readExamples, readPublishedFiles } from '../../src/standard/publication/files.ts';
import { createPublication } from '../../src/standard/publication/publication.ts';
import { rowsOf } from '../../src/standard/publication/tables.ts';
import { loadStandard } from '../../src/standard/tables.ts';

const standard = loadStandard();
const files = readPublishedFiles();
const changelog = readFileSync(packageFile('CHANGELOG.md'), 'utf8');

function material(change: Partial<Material> = {}): Material {
  return { publication: createPublication(standard, files), examples: examplesByRule(readExamples()), operations, changelog, ...change };
}

const reference = referenceFiles(material());
const pages = [...reference].filter(([path]) => path.endsWith('.html')).map(([path, content]) => [path, content.toString('utf8')] as const);

function pageOf(path: string): string {
  return reference.get(path)?.toString('utf8') ?? '';
}

/** What a reader selects and copies. */
function textOf(markup: string): string {
  const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return markup.replaceAll(/<[^>]*>/g, '').replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? '');
}

function idsOf(markup: string): string[] {
  return [...markup.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
}

describe.each(pages)('%s', (path, markup) => {
  it('leads only to what is there', () => {
    const missing = [...markup.matchAll(/ href="([^"]*)"/g)].map(([, target = '']) => target).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : normalize(join(dirname(path), file));
      const content = reference.get(found)?.toString('utf8');
      return content === undefined || (anchor !== undefined && !idsOf(content).includes(anchor));
    });
    expect(missing).toEqual([]);
  });

  it('needs no script, no network and no other file, and its anchors are unlike each other', () => {
    expect(markup).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bon\w+="|url\(|@import|javascript:/i);
    const ids = idsOf(markup);
    expect(ids.filter((id, index) => id === '' || ids.indexOf(id) !== index)).toEqual([]);
  });

  it('closes what it opens', () => {
    const open: string[] = [];
    for (const [tag, end, name = ''] of markup.replace(/<style>[^]*<\/style>/, '').matchAll(/<(\/?)([a-z]\w*)(?:\s[^<>]*)?>/g)) {
      if (['meta'].includes(name)) continue;
      if (end === '/') expect([path, tag, open.pop()]).toEqual([path, tag, name]);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
});

const isEnvelope = (form: unknown): boolean => form === 'Hoso' || form === 'Hoso-DKLanDau';

describe('the reference', () => {
  it('is the same every time', () => {
    const again = referenceFiles(material());
    expect([...again.keys()]).toEqual([...reference.keys()]);
    expect([...again].filter(([path, content]) => reference.get(path)?.equals(content) !== true)).toEqual([]);
  });

  it('has every procedure, form, rule and call', () => {
    const has = (path: string, codes: readonly string[]): string[] => codes.filter((code) => !idsOf(pageOf(path)).includes(code));
    expect(has('procedures.html', [...standard.procedures.keys()])).toEqual([]);
    expect(has('services.html', [...standard.nationalServices.keys()])).toEqual([]);
    expect(has('rules.html', Object.entries(findingTexts).flatMap(([code, { wireCode }]) => [code, wireCode]))).toEqual([]);
    expect(has('api.html', operations.map(({ id }) => id))).toEqual([]);
    expect([...standard.forms.keys()].filter((code) => !reference.has(`form/${code}.html`))).toEqual([]);
  });

  it.each(Object.entries(findingTexts))('says of %s what it means, what to do and why, in both languages', (code, { vi, en, actionVi, actionEn, clause }) => {
    const section = textOf(pageOf('rules.html').split(`<section id="${code}">`)[1]?.split('</section>')[0] ?? '');
    expect([vi, en, actionVi, actionEn, clause].filter((text) => !section.includes(text))).toEqual([]);
  });

  it('shows a failing sample of every rule that has one', () => {
    for (const [code, examples] of material().examples) {
      const section = pageOf('rules.html').split(`<section id="${code}">`)[1]?.split('</section>')[0] ?? '';
      expect([code, examples.every((example) => (example['where'] === undefined ? section.includes('Ví dụ vi phạm') && section.includes(rowsOf(example['changes']).length === 0 ? 'chỉ khác điều nêu trên' : '<pre') : section.includes(example['where'] as string)))]).toEqual([code, true]);
    }
  });

  it('shows every change of a form as lines of its sample; the envelope of an example holds other files than the sample', () => {
    for (const [code, examples] of material().examples) {
      if (examples.some(({ form, changes }) => isEnvelope(form) || rowsOf(changes).some((change) => isEnvelope(change['form'])))) continue;
      const section = pageOf('rules.html').split(`<section id="${code}">`)[1]?.split('</section>')[0] ?? '';
      expect([code, [...section.matchAll(/<(?:del|ins)>[-+] (?!\d+: )([^<]*)/g)].map(([, text]) => text)]).toEqual([code, []]);
    }
  });

  it('has each sample as it is, to look at and to copy', () => {
    const samples = material().publication.schemas.filter(({ sample }) => sample !== undefined);
    expect(samples.length).toBeGreaterThan(0);
    for (const { form, version, sample } of samples) {
      const text = Buffer.from(sample ?? []).toString('utf8');
      expect(textOf(pageOf(`form/${form}.html`))).toContain(text.replace(/^\ufeff/, ''));
      expect(reference.get(`schemas/${form}/${version}/sample.xml`)?.toString('utf8')).toBe(text);
    }
  });

  it('keeps every text of the tables a text', () => {
    const evil = '</td><script>alert("1")</script>&amp;\'<!--';
    const rewritten = [...files].map(([path, bytes]) => [path, path.endsWith('.json') ? Buffer.from(Buffer.from(bytes).toString('utf8').replaceAll(/"(nameVi|nameEn|note|basis|source|citation)": "[^"]*"/g, (_all, name: string) => `"${name}": ${JSON.stringify(evil)}`)) : bytes] as const);
    const hostile = referenceFiles(material({ publication: createPublication(standard, new Map(rewritten)), changelog: `## ${evil}\n\n- ${evil}\n\n${evil}\n`, examples: new Map([['PERIOD_INVALID', [{ rule: 'PERIOD_INVALID', form: 'Hoso', changes: [{ find: evil, replace: evil }], procedure: evil }]]]) }));
    const markups = [...hostile].filter(([path]) => path.endsWith('.html')).map(([, content]) => content.toString('utf8'));
    expect(markups.filter((markup) => markup.includes('<script') || markup.includes('<!--'))).toEqual([]);
    expect(markups.filter((markup) => textOf(markup).includes(evil)).length).toBeGreaterThan(10);
  });
});

describe('markup from texts', () => {
  it('escapes every value, also in an attribute, and nothing twice', () => {
    const inner = html`<b>${'<i> & "x"'}</b>`;
    expect(html`<a title="${'"><script>'}">${inner}${['&', html`<hr>`]}${undefined}${0}</a>`.markup).toBe('<a title="&quot;&gt;&lt;script&gt;"><b>&lt;i&gt; &amp; &quot;x&quot;</b>&amp;<hr>0</a>');
    expect(html`${'\u0000\ud800'}`.markup).toBe('\ufffd\ufffd');
  });

  it.each(['<a>x &amp; y</a>', '<?xml version="1.0"?>\n<a b="1">\n  <c/>\n</a>', 'a < b > c', '<<>>', '<!-- <a> -->'])('colours %j without changing it', (xml) => {
    expect(textOf(sampleBlock(xml).markup)).toBe(xml);
  });
});

describe('a change', () => {
  const xml = '<a>\n  <b>1</b>\n  <c>2</c>\n</a>';
  const lines = (changes: Parameters<typeof changedLines>[1], text: string | undefined = xml): string[] => textOf(changedLines(text, changes).markup).trim().split('\n');

  it('is shown as the line before and after, with its number', () => {
    expect(lines([{ find: '<b>1</b>', replace: '<b>x & y</b>', regex: false }])).toEqual(['- 2: <b>1</b>', '+ 2: <b>x & y</b>']);
  });

  it('of several lines numbers each', () => {
    expect(lines([{ find: '<b>1</b>\n  <c>2</c>', replace: '<b>1</b>\n  <c>3</c>', regex: false }])).toEqual(['- 2: <b>1</b>', '- 3: <c>2</c>', '+ 2: <b>1</b>', '+ 3: <c>3</c>']);
  });

  it('may look behind', () => {
    expect(lines([{ find: '(?<=<c>)[^<]*', replace: '9', regex: true }])).toEqual(['- 3: <c>2</c>', '+ 3: <c>9</c>']);
  });

  it('follows the change before it', () => {
    expect(lines([{ find: '<b>1</b>', replace: '<b>5</b>', regex: false }, { find: '5', replace: '6', regex: false }]).slice(2)).toEqual(['- 2: <b>5</b>', '+ 2: <b>6</b>']);
  });

  it('that fits no text is shown as it is written', () => {
    expect(lines([{ find: 'none', replace: 'some', regex: false }])).toEqual(['- none', '+ some']);
    expect(lines([{ find: '(?<=<b>)[^<]*x.*(?=</b>)', replace: '', regex: true }])).toEqual(['- <b>…x…</b>']);
    expect(textOf(changedLines(undefined, [{ find: 'a', replace: '', regex: false }]).markup).trim()).toBe('- a');
  });

  it('of a long line is shown around what changes', () => {
    const [before = ''] = lines([{ find: 'needle', replace: 'x', regex: false }], `<a>${'y'.repeat(5000)}needle${'z'.repeat(5000)}</a>`);
    expect([before.length < 300, before.includes('needle')]).toEqual([true, true]);
  });
});
