// What an accepted submission is about, in English fields. Only `validate` makes a Dossier, from signed content and a trusted signer.
import type { DueOption } from './calendar.ts';
import type { ContractState } from './contract-states.ts';
import type { EnvelopeKind } from './envelope.ts';

/** Who handed the submission in, as admission saw it. */
export type Sender = DirectSender | IvanSender;

export interface DirectSender {
  readonly kind: 'direct';
}

export interface IvanSender {
  readonly kind: 'ivan';
  readonly code: string;
  readonly contract: Contract;
}

/** The contract as it stood at admission. */
export interface Contract {
  readonly state: ContractState;
  readonly from: Date;
  /** First instant at which it is no longer in force. */
  readonly until: Date;
  /** The step of its history that counted; absent for a contract without one. */
  readonly change?: string;
  /** Of one dossier, as agreed; absent: no limit was. */
  readonly maxFiles?: number;
  readonly maxBytes?: number;
}

/** The channel's name in the store: an I-VAN's code, or 'direct'. */
export function senderName(sender: Sender): string {
  return sender.kind === 'ivan' ? sender.code : 'direct';
}

export interface DossierFile {
  readonly name: string;
  /** Form code (MaToKhai without its regulation suffix); CT-DK for attachments. */
  readonly form: string;
  /** Octets of the decoded file. */
  readonly size: number;
  /** SHA-256 of the decoded file, hex. */
  readonly digest: string;
}

export interface DossierSigner {
  readonly name: string;
  readonly serialNumber: string;
  readonly taxCodes: readonly string[];
  readonly issuer: string;
}

/** What a submission says of itself; '' where it says nothing readable. Not vouched for by anybody unless it is a Dossier's. */
export interface Declared {
  /** Of the envelope; forms 04, 05 and 06 have none. */
  readonly kind: EnvelopeKind | 'registration';
  readonly unitName: string;
  /** '' at a first registration: the unit is known by its tax code. */
  readonly unitCode: string;
  readonly taxCode: string;
  readonly agency: string;
  readonly procedure: string;
  /** Name of the procedure in the standard, '' when it is not there. */
  readonly procedureName: string;
  readonly period: string;
  readonly filedOn: string;
  readonly files: readonly DossierFile[];
}

export interface Dossier extends Declared {
  readonly signer: DossierSigner;
  /** Working days the agency has (of the procedure). */
  readonly workingDays: number;
  /** How their end is counted, when the reception slip is due (of the rule set). */
  readonly dueOption: DueOption;
  readonly receptionSlipMinutes: number;
  /** Within which the agency may return it or ask for a supplement; undefined where no instrument sets a time. */
  readonly returnWorkingDays: number | undefined;
}
