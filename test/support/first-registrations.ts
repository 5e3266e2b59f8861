// First registrations of units (wire-format §1.5), made from the published sample and signed by whoever the test says.
import { signEnveloped } from '../../src/signature/sign.ts';
import type { SigningIdentity } from '../../src/signature/sign.ts';
import type { Edit } from './dossiers.ts';
import { sampleOf } from './examples.ts';

export interface Registration {
  /** Whom it names; '' for an employer that files directly. */
  readonly ivan?: string;
  readonly taxCode?: string;
  readonly agency?: string;
  /** Makes one differ from another. */
  readonly mark?: string;
  readonly editForm?: Edit;
  /** Changes the envelope before it is signed, and after. */
  readonly edit?: Edit;
  readonly editSigned?: Edit;
}

/** The unsigned declaration (TK3-TS) that the sample holds. */
export function declarationXml(): string {
  return Buffer.from(/(?<=<NoiDungFile>)[^<]*/.exec(sampleOf('Hoso-DKLanDau'))?.[0] ?? '', 'base64').toString('utf8');
}

/** The sample around another declaration. */
export function firstRegistrationXml(declaration: string, { ivan = '00040', taxCode = '0101300842', agency = '00101', mark = '' }: Registration = {}): string {
  const bytes = Buffer.from(declaration);
  return sampleOf('Hoso-DKLanDau')
    .replace(/(?<=<NoiDungFile>)[^<]*/, bytes.toString('base64'))
    .replace(/(?<=<DoDaiFile>)[^<]*/, String(bytes.length))
    .replace(/(?<=<MaIVan>)[^<]*/, ivan)
    .replace(/(?<=<MaSoThue>)[^<]*/, taxCode)
    .replace(/(?<=<MaCoQuan>)[^<]*/, agency)
    .replace(/(?<=<NguoiLienHe>)[^<]*/, (name) => `${name} ${mark}`.trim());
}

export async function signedFirstRegistration(identity: SigningIdentity, registration: Registration = {}): Promise<Buffer> {
  const { taxCode = '0101300842', agency = '00101', editForm = same, edit = same, editSigned = same } = registration;
  const declaration = declarationXml().replace(/(?<=<MaSoThue>)[^<]*/, taxCode).replace(/(?<=<CoQuanBHXHQuanLy>)[^<]*/, agency);
  const form = await signEnveloped(Buffer.from(editForm(declaration)), identity, { path: ['TK3-TS', 'Cky'] });
  const envelope = edit(firstRegistrationXml(form.toString('utf8'), registration));
  const signed = await signEnveloped(Buffer.from(envelope), identity, { path: ['Hoso', 'CKy_Dvi'] });
  return Buffer.from(editSigned(signed.toString('utf8')));
}

function same(xml: string): string {
  return xml;
}
