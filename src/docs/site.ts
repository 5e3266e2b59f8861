// The whole reference as files: every page, and beside them the schemas, samples and the interface description that the pages link to.
// Pure: the same standard gives the same octets.
import { openApiDocument } from '../http/openapi.ts';
import { documentOf } from './layout.ts';
import type { Material } from './material.ts';
import { apiPage } from './pages/api.ts';
import { formPages } from './pages/forms.ts';
import { proceduresPage, servicesPage } from './pages/procedures.ts';
import { prosePages } from './pages/prose.ts';
import { problemsPage, rulesPage } from './pages/rules.ts';
import { tablePages } from './pages/tables.ts';

/** Path below the folder of the reference, with slashes → content. */
export function referenceFiles(material: Material): ReadonlyMap<string, Buffer> {
  const { publication, operations } = material;
  const pages = [...prosePages(material), proceduresPage(material), servicesPage(material), ...formPages(material), rulesPage(material), problemsPage(material), ...tablePages(material), apiPage(material)];
  const files = new Map(pages.map((page) => [page.path, Buffer.from(documentOf(page, publication.digest))]));
  if (files.size !== pages.length) throw new Error('two pages have one path');
  for (const { form, version, xsd, sample } of publication.schemas) {
    files.set(`schemas/${form}/${version}/${form}.xsd`, Buffer.from(xsd));
    if (sample !== undefined) files.set(`schemas/${form}/${version}/sample.xml`, Buffer.from(sample));
  }
  return files.set('openapi.json', Buffer.from(`${JSON.stringify(openApiDocument(operations), null, 2)}\n`));
}
