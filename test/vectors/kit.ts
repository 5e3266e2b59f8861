// One valid dossier and the means to change exactly one thing of it: before signing, in the signature, or afterwards.
import { envelopeXml } from '../support/dossiers.ts';
import type { Edit, Variation } from '../support/dossiers.ts';
import { signWith } from '../support/signer.ts';
import type { SignatureSpec } from '../support/signer.ts';
import type { FindingCode } from '../../src/errors/findings.ts';
import type { Signers } from './material.ts';

/** Everything else than these is as in the valid dossier. */
export interface Change {
  /** The form's text, and changes to it before and after it is signed. */
  readonly formXml?: string;
  readonly form?: Edit;
  readonly formSpec?: Partial<SignatureSpec> | 'unsigned';
  readonly signedForm?: Edit;
  readonly byteOrderMark?: boolean;
  readonly variation?: Variation;
  readonly envelope?: Edit;
  readonly spec?: Partial<SignatureSpec> | 'unsigned';
  readonly signed?: Edit;
}

export interface Kit {
  readonly signers: Signers;
  dossier(change?: Change): string;
  signedForm(change?: Change): string;
}

export type SenderName = 'ivan' | 'otherIvan' | 'direct' | 'expiredContract' | 'futureContract' | 'suspendedContract';

export interface Vector {
  readonly name: string;
  readonly outcome: 'accepted' | 'refused';
  /** In the order of the findings. */
  readonly codes: readonly FindingCode[];
  readonly sender: SenderName;
  readonly note?: string;
  readonly make: (kit: Kit) => string | Buffer;
}

type Details = Pick<Vector, 'note'> & { readonly sender?: SenderName };
type Making = Change | Vector['make'];

/** A vector that must be refused with exactly these codes. */
export function refused(name: string, codes: FindingCode | readonly FindingCode[], making: Making, { sender = 'ivan', ...rest }: Details = {}): Vector {
  return { name, outcome: 'refused', codes: typeof codes === 'string' ? [codes] : codes, sender, make: makerOf(making), ...rest };
}

/** A vector that must be accepted, with exactly these warnings. */
export function accepted(name: string, making: Making, { codes = [], sender = 'ivan', ...rest }: Details & { readonly codes?: readonly FindingCode[] } = {}): Vector {
  return { name, outcome: 'accepted', codes, sender, make: makerOf(making), ...rest };
}

function makerOf(making: Making): Vector['make'] {
  return typeof making === 'function' ? making : ({ dossier }) => dossier(making);
}

const instances = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

/** A labour list as small as the schema lets it be. */
export const labourList =
  `<?xml version="1.0" encoding="utf-8"?><D02-TS ${instances}><NoiDung><LaoDong><STT>1</STT><HoTen>Nguyễn Thị Thử</HoTen><MasoBHXH>0123456780</MasoBHXH>` +
  `<TienLuong>5008000</TienLuong><TuThang>11/2026</TuThang><PA>TM</PA></LaoDong></NoiDung><Cky /></D02-TS>`;

export function createKit(signers: Signers): Kit {
  const signedForm = ({ formXml = labourList, form = same, formSpec = {}, signedForm: after = same, byteOrderMark = true }: Change = {}): string => {
    const written = `${byteOrderMark ? '\ufeff' : ''}${form(formXml)}`;
    return after(formSpec === 'unsigned' ? written : signWith(written, { identity: signers.employer, slot: 'Cky', ...formSpec }));
  };
  return {
    signers,
    signedForm,
    dossier: (change = {}) => {
      const { variation = {}, envelope = same, spec = {}, signed = same } = change;
      const written = envelope(envelopeXml(Buffer.from(signedForm(change)), variation));
      return signed(spec === 'unsigned' ? written : signWith(written, { identity: signers.employer, ...spec }));
    },
  };
}

/** Replaces one passage; that it is there is part of the vector. */
export function swap(from: string | RegExp, to: string): Edit {
  return (xml) => {
    const found = typeof from === 'string' ? xml.includes(from) : from.test(xml);
    if (!found) throw new Error(`nothing to change: ${from.toString()}`);
    return xml.replace(from, () => to);
  };
}

/** Several changes, one after the other. */
export function both(...edits: readonly Edit[]): Edit {
  return (xml) => edits.reduce((text, edit) => edit(text), xml);
}

/** Another file at the end of the envelope, counted. */
export function addFile(file: { code: string; name: string; extension: string; content: Buffer }): Edit {
  const { code, name, extension, content } = file;
  const markup =
    `<FileToKhai><MaToKhai>${code}</MaToKhai><MoTaToKhai /><TenFile>${name}</TenFile><LoaiFile>${extension}</LoaiFile>` +
    `<DoDaiFile>${content.length}</DoDaiFile><NoiDungFile>${content.toString('base64')}</NoiDungFile></FileToKhai>`;
  return both(swap('</ToKhais>', `${markup}</ToKhais>`), swap('<SoLuongFile>2<', '<SoLuongFile>3<'));
}

function same(xml: string): string {
  return xml;
}
