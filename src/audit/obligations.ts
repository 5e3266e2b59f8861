// Checks what is owed and the ledger of outages: every due time, first and moved, is what the rule set in force gives; every apology, statement and certificate
// is signed by this gateway and is what the stored facts make; and the rows agree with their events. Throws `Lie`.
import { apologyXml } from '../receipts/apology.ts';
import { outageCertificateXml, outageStatementXml } from '../receipts/outage.ts';
import { dueOf, extendDeadline, extensionOf, newDateOf, termAnew } from '../standard/obligations.ts';
import type { Standard } from '../standard/tables.ts';
import type { Query } from '../store/database.ts';
import { certificatesToAudit, movesToAudit, obligationsToAudit, statementsToAudit } from '../store/obligation-audit.ts';
import type { AuditedCertificate, AuditedMove, AuditedObligation } from '../store/obligation-audit.ts';
import { checkThat } from './lie.ts';
import { areOctets, checkOctets, checkOwnSignature } from './message.ts';

export interface ObligationAudit {
  readonly query: Query;
  readonly standard: Standard;
  readonly signers: ReadonlySet<string>;
}

const PAGE = 500;

export async function checkObligations(audit: ObligationAudit): Promise<void> {
  const { query, signers } = audit;
  await eachOf(obligationsToAudit, query, (row) => { checkDue(audit, row); });
  await eachOf(movesToAudit, query, (row) => { checkMove(audit, row); });
  await eachOf(statementsToAudit, query, (row) => {
    const where = `statement ${row.id}`;
    checkOctets(where, checkOwnSignature(where, row.body, signers), 'SU_CO', (issuer) => outageStatementXml(row, issuer));
  });
  await eachOf(certificatesToAudit, query, (row) => { checkCertificate(audit, row); });
}

async function eachOf<Row extends { readonly id: string }>(page: (query: Query, after: string, most: number) => Promise<readonly Row[]>, query: Query, check: (row: Row) => void): Promise<void> {
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const rows: readonly Row[] = await page(query, after, PAGE);
    for (const row of rows) check(row);
    after = rows.at(-1)?.id;
  }
}

/** A rule set that this program does not have is not computed again. */
function isKnown({ standard }: ObligationAudit, basis: string): boolean {
  return standard.ruleSets.some(({ id }) => basis.startsWith(`${id}: `));
}

function checkDue(audit: ObligationAudit, { id, kind, arisenAt, firstDueAt, basis }: AuditedObligation): void {
  if (kind === 'result' || !isKnown(audit, basis)) return;
  const due = dueOf(audit.standard, kind, arisenAt);
  checkThat(due !== undefined && due.dueAt.getTime() === firstDueAt.getTime() && due.basis === basis, `obligation ${id}`, `is not due when the rule set in force says (${basis})`);
}

/** By one of the statements of its outage: which of them was the last is not in it. */
function checkCertificate(audit: ObligationAudit, { id, isErased, body, statements, ...facts }: AuditedCertificate): void {
  if (isErased) return; // that it is blank is for the erasures to show
  const { standard, signers } = audit;
  const where = `certificate ${id}`;
  const signed = checkOwnSignature(where, body, signers);
  if (!isKnown(audit, facts.basis)) return;
  const { digest, dossierNumber, procedure, deadline, receivedAt } = facts;
  const group = standard.procedureAt(procedure, receivedAt ?? deadline)?.group;
  const dossier = digest === null ? undefined : { digest, number: dossierNumber ?? '' };
  checkThat(statements.some(({ causeVi, causeEn, startedAt, endedAt }) => {
    const said = { causeVi, causeEn, startedAt: new Date(startedAt), endedAt: endedAt === null ? null : new Date(endedAt) };
    const { workingDays } = extendDeadline(standard, group, deadline, said.endedAt);
    return areOctets(signed, 'SU_CO', (issuer) => outageCertificateXml({ ...facts, ...said, dossier, isCollection: group === 'thu', workingDays }, issuer));
  }), where, 'it is not what the stored facts make');
}

function checkMove(audit: ObligationAudit, move: AuditedMove): void {
  const where = `move ${move.id}`;
  const { standard, signers } = audit;
  if (move.notice !== null && !move.isErased) {
    const facts = {
      ...move, digest: move.digest ?? '', transactionCode: move.transactionCode ?? '', dossierNumber: move.dossierNumber ?? '', issuedAt: move.movedAt, oldDueAt: move.fromDueAt, newDueAt: move.dueAt,
      procedureName: standard.procedureAt(move.procedure, move.receivedAt)?.name ?? '',
    };
    checkOctets(where, checkOwnSignature(where, move.notice, signers), 'XINLOI_HENLAI', (issuer) => apologyXml(facts, issuer));
  }
  if (move.reason === 'agency-apology' || !isKnown(audit, move.basis)) return;
  const { arisenAt, firstDueAt, fromDueAt: dueAt } = move;
  if (move.reason === 'completed') {
    const { dueAt: expected, basis } = termAnew(standard, move, move.movedAt);
    checkThat(move.basis.includes(': supplement ') || (basis === move.basis && expected.getTime() === move.dueAt.getTime()), where, 'is not what the term of a completed dossier gives');
    return;
  }
  if (move.reason === 'apology') {
    checkThat(newDateOf(standard, { arisenAt, dueAt, now: move.movedAt }).dueAt.getTime() === move.dueAt.getTime(), where, 'is not what the rule of apologies gives');
    return;
  }
  const group = standard.procedureAt(move.procedure, move.receivedAt)?.group;
  const given = (move.ends ?? []).map((end) => extensionOf(standard, move.kind, group, { arisenAt, firstDueAt, dueAt }, new Date(end)));
  checkThat(given.some((extension) => extension !== undefined && extension.dueAt.getTime() === move.dueAt.getTime() && extension.basis === move.basis), where, 'is not what the decree in force gives');
  checkThat(move.kind !== 'result' || move.certificate !== null, where, 'has no certificate');
}
