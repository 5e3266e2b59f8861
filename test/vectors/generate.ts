// Writes the committed vectors again: `npm run vectors`. New keys every time; nothing private is written.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

import { packageFile } from '../../src/paths.ts';
import { catalogue, rowOf, senders } from './catalogue.ts';
import type { VectorFile } from './catalogue.ts';
import { createKit } from './kit.ts';
import { instant, makeMaterial } from './material.ts';

const folder = packageFile('test', 'vectors');
const { signers, trustPem } = await makeMaterial();
const kit = createKit(signers);
const made = catalogue.map((vector) => ({ row: rowOf(vector), bytes: Buffer.from(vector.make(kit)) }));

rmSync(`${folder}/files`, { recursive: true, force: true });
mkdirSync(`${folder}/files`);
for (const { row, bytes } of made) writeFileSync(`${folder}/files/${row.name}.xml`, bytes, { flag: 'wx' });
writeFileSync(`${folder}/trust.pem`, trustPem);
const rows = made.map(({ row }) => `    ${JSON.stringify(row)}`).join(',\n');
const head: Omit<VectorFile, 'vectors'> = { receivedAt: instant, senders };
writeFileSync(`${folder}/vectors.json`, `${JSON.stringify(head, undefined, 2).replace(/\n}$/, '')},\n  "vectors": [\n${rows}\n  ]\n}\n`);
