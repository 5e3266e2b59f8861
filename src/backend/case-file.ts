// The case of a dossier as it is stored, and what one turn of its processing adds to it. A work is a function from a situation to a turn: it
// writes nothing itself, so that everything a turn brings is stored in one transaction or not at all.
import type { Standard } from '../standard/standard.ts';
import type { Dossier } from './dossier.ts';
import type { Lack, Outcome } from './labour.ts';
import type { Room } from './officers.ts';
import type { Plan } from './plan.ts';
import type { BookContent } from './process-320/book.ts';
import type { Register } from './register.ts';

export interface CaseFile {
  readonly digest: string;
  /** The agency's own; the gateway's where the procedure has none. */
  readonly number: string;
  readonly dossierNumber: string;
  readonly transactionCode: string;
  readonly procedure: string;
  readonly agency: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly receivedAt: Date;
  readonly state: 'open' | 'waiting' | 'decided';
  readonly judged: string;
  readonly plan: Plan;
  readonly move: number;
  readonly nextAt: Date | null;
  readonly dueAt: Date;
  readonly readyAt: Date;
  readonly supplements: number;
  readonly apologies: number;
  readonly outcome: Outcome | null;
  readonly held: readonly string[];
}

export const bookStates = ['received', 'entered', 'faulty', 'queried', 'compared', 'cut', 'confirmed', 'printed', 'returned'] as const;
export type BookState = (typeof bookStates)[number];

export interface BookRow {
  readonly line: number;
  readonly number: string;
  readonly name: string;
  readonly kind: string;
  readonly state: BookState;
  readonly content: BookContent;
}

export interface SubTask {
  readonly number: string;
  readonly bookLine: number | null;
  readonly fromRoom: string;
  readonly toRoom: string;
  readonly askedAt: Date;
  readonly dueAt: Date;
  readonly answeredAt: Date | null;
  readonly answer: string | null;
}

export interface Situation {
  readonly file: CaseFile;
  readonly at: Date;
  readonly room: Room;
  readonly officer: string;
  readonly standard: Standard;
  readonly register: Register;
  /** Throws `Refusal` when it cannot be read. */
  readonly dossier: () => Promise<Dossier>;
  readonly books: () => Promise<readonly BookRow[]>;
  readonly tasks: () => Promise<readonly SubTask[]>;
  /** The first of so many new numbers of a series, which are the case's if the turn is stored. */
  readonly draw: (series: string, count?: number) => Promise<number>;
}

export type Work = (situation: Situation) => Promise<Turn>;

/** What a turn adds; nothing of it is repeated by the next. */
export interface Turn {
  readonly actions?: readonly Action[];
  readonly documents?: readonly DraftDocument[];
  /** New lines and changed ones. */
  readonly books?: readonly BookRow[];
  /** They take the place of all there were: the list has been filed anew. */
  readonly freshBooks?: boolean;
  readonly events?: readonly BookEvent[];
  readonly tasks?: readonly SubTask[];
  readonly parcel?: { readonly tracking: string; readonly books: number };
  readonly number?: string;
  readonly lacks?: readonly Lack[];
  readonly outcome?: Outcome;
  /** The outcome is given out now, whatever steps are left. */
  readonly closes?: boolean;
}

export interface Action {
  readonly action: string;
  /** Who did it, when not the one the step is with. */
  readonly room?: Room;
  readonly officer?: string;
}

export interface DraftDocument {
  /** Form code, which names its schema. */
  readonly kind: string;
  readonly name: string;
  readonly copies: number;
  readonly forSender: boolean;
  /** Unsigned. */
  readonly xml: Buffer;
}

export interface BookEvent {
  readonly line: number;
  readonly event: 'withdrawn' | 'leaves-withdrawn' | 'punched' | 'archived' | 'reissued' | 'printed';
  /** A blank used for it: its serial number and form. */
  readonly blank?: { readonly serial: string; readonly form: 'BIA' | 'TO_ROI' };
}
