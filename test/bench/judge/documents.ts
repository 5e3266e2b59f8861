// Dossiers of the judge's bench: a labour list of so many people as the desktop client of 2023 writes it, signed, in a signed envelope, with or
// without a heavy attachment; keys made on the spot. All people are made up.
import { randomBytes } from 'node:crypto';

import { createDevelopmentPki } from '../../../src/development/pki.ts';
import { identityOf, materialOf } from '../../support/pki.ts';
import { signedDossier, signedForm } from '../../support/dossiers.ts';
import type { TrustMaterial } from '../../../src/trust/material.ts';
import { labourList } from '../verify/labour-list.ts';

export interface JudgeDocument {
  readonly title: string;
  /** The signed labour list, as it lies in the dossier. */
  readonly form: Buffer;
  readonly dossier: Buffer;
}

export interface JudgeDocuments {
  readonly trust: TrustMaterial;
  readonly all: readonly JudgeDocument[];
}

interface Kind {
  readonly title: string;
  readonly employees: number;
  readonly attachment?: Buffer;
}

const MOST_OCTETS_EACH = 1200;

export async function makeDocuments(now: Date): Promise<JudgeDocuments> {
  const pki = await createDevelopmentPki({ now });
  const identity = identityOf(pki.employer);
  const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(5_000_000)]);
  const kinds: readonly Kind[] = [
    { title: '50 employees', employees: 50 },
    { title: '500 employees', employees: 500 },
    { title: '5,000 employees', employees: 5000 },
    { title: '50 employees, 5 MB PDF', employees: 50, attachment: pdf },
  ];
  const all: JudgeDocument[] = [];
  for (const { title, employees, attachment } of kinds) {
    const variation = { formXml: listOf(employees), ...(attachment === undefined ? {} : { attachment }) };
    all.push({ title, form: await signedForm(identity, variation), dossier: await signedDossier(identity, variation) });
  }
  return { trust: materialOf(pki), all };
}

function listOf(employees: number): string {
  const xml = labourList(2000 + employees * MOST_OCTETS_EACH);
  const rows = xml.match(/<LaoDong>.*?<\/LaoDong>/g) ?? [];
  if (rows.length < employees) throw new Error('the list is too short');
  return `${xml.slice(0, xml.indexOf('<LaoDong>'))}${rows.slice(0, employees).join('')}</NoiDung><Cky /></D02-TS>`;
}
