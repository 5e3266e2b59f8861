// A case as whoever runs the agency sees it: state, steps, hand-overs with both sides, history, documents, questions between rooms, books.
import type { CaseFile } from './case-file.ts';
import { listHandOvers, listHistory, listSteps } from './case-store.ts';
import { findParcel, listBookEvents, listBooks, listDocuments, listTasks } from './paper-store.ts';
import type { Query } from './store.ts';

export async function caseView(query: Query, file: CaseFile): Promise<Readonly<Record<string, unknown>>> {
  const { digest, number, dossierNumber, procedure, agency, unitCode, state, receivedAt, dueAt, readyAt, nextAt, supplements, apologies, outcome } = file;
  return {
    digest, number, dossierNumber, procedure, agency, unitCode, state, receivedAt, dueAt, readyAt, nextAt, supplements, apologies, outcome,
    steps: await listSteps(query, digest),
    handOvers: await listHandOvers(query, digest),
    history: await listHistory(query, digest),
    documents: await listDocuments(query, digest),
    tasks: await listTasks(query, digest),
    books: await listBooks(query, digest),
    bookEvents: await listBookEvents(query, digest),
    parcel: await findParcel(query, digest),
  };
}
