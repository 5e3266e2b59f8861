// What the lists at hand state about a certificate (RFC 5280 §6.3). A list speaks when it bears the issuer's name, covers the certificate, and is
// signed by the issuer's key, or by another key of that name whose certificate hangs on the same path. Of each key only the newest list
// counts: what an older one does not know yet, it must not clear. A list past its nextUpdate still speaks, but as stale.
import type { Certificate } from './certificate.ts';
import type { RevocationList, Scope } from './crl.ts';
import { isSignedBy } from './signed.ts';
import { authoritiesOf, isFresh, isRevoked, isSoundDelegate, type Question, type Statement } from './statement.ts';

interface CurrentList extends RevocationList {
  readonly nextUpdate: Date;
}

export function statementsOfLists(question: Question): readonly Statement[] {
  const { issuers: [issuer] } = question;
  const lists = listsAbout(question);
  const own = lists.filter((list) => isSignedBy(list, issuer));
  const foreign = lists.filter((list) => !own.includes(list));
  return [...statementsBy(issuer, own, question), ...statementsOfDelegates(foreign, question)];
}

/** By the issuer's own key alone: all that is asked about a delegate, so that no delegate vouches for another. */
export function isClearedByIssuer(question: Question): boolean {
  const { issuers: [issuer], at } = question;
  const statements = statementsBy(issuer, listsAbout(question).filter((list) => isSignedBy(list, issuer)), question);
  return statements.some((statement) => isFresh(statement, at)) && !statements.some((statement) => isRevoked(statement, at));
}

/**
 * Not a list issued after the certificate expired: by then the entry may have been dropped (§3.3). One newer than the instant is as good: it
 * knows at least as much, and its dates decide.
 */
function listsAbout({ certificate, issuers: [issuer], lists }: Question): readonly CurrentList[] {
  return lists
    .filter((list) => list.unusable === undefined && list.issuerDer.equals(issuer.subjectDer))
    .filter((list) => list.thisUpdate <= certificate.notAfter && covers(list.scope, certificate))
    .filter((list): list is CurrentList => list.nextUpdate !== undefined);
}

function covers({ of, points }: Scope, certificate: Certificate): boolean {
  if (of !== 'all' && certificate.isAuthority !== (of === 'authorities')) return false;
  return points === undefined || isPointOf(certificate, points);
}

function isPointOf({ distributionPointNames }: Certificate, points: ReadonlySet<string>): boolean {
  return [...points].some((point) => distributionPointNames.has(point));
}

function statementsBy(signer: Certificate, lists: readonly CurrentList[], { certificate }: Question): readonly Statement[] {
  if (signer.keyUsage?.has('cRLSign') === false) return [];
  const newest = newestOf(lists);
  if (newest === undefined) return [];
  const { thisUpdate, nextUpdate: until, number, fingerprint: digest, entries } = newest;
  const entry = entries.get(certificate.serialNumber);
  return [{ kind: 'crl', revokedAt: entry?.date, reason: entry?.reason, thisUpdate, until, number, signer, digest }];
}

/** Of lists issued at one instant, the one with the higher number. */
function newestOf(lists: readonly CurrentList[]): CurrentList | undefined {
  const [newest] = lists.toSorted((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime() || numberOf(b) - numberOf(a));
  return newest;
}

/** Precise where it matters: two lists of one second have neighbouring numbers, and a CA that counts beyond 2^53 counts by clock. */
function numberOf({ number }: RevocationList): number {
  return Number.parseInt(number ?? '0', 16);
}

function statementsOfDelegates(lists: readonly CurrentList[], question: Question): readonly Statement[] {
  if (lists.length === 0) return [];
  const { issuers, delegates } = question;
  const named = delegates.filter((delegate) => delegate.subjectDer.equals(issuers[0].subjectDer) && delegate.fingerprint !== issuers[0].fingerprint);
  // Whose certificate does not hang on this path is never tried: a stranger's key may cost more than a hundred honest ones.
  const certified = named.filter((delegate) => authoritiesOf(delegate, issuers) !== undefined);
  return certified.flatMap((delegate) => {
    const signed = lists.filter((list) => isSignedBy(list, delegate));
    if (signed.length === 0 || !maySign(delegate, signed, question)) return [];
    const newest = newestOf(signed);
    return statementsBy(delegate, signed, question).filter(({ revokedAt }) => revokedAt !== undefined || mayClear(delegate, newest, question));
  });
}

function maySign(delegate: Certificate, lists: readonly CurrentList[], question: Question): boolean {
  const [issuer, ...others] = authoritiesOf(delegate, question.issuers) ?? [];
  const thisUpdate = newestOf(lists)?.thisUpdate;
  if (issuer === undefined || thisUpdate === undefined) return false;
  if (!isSoundDelegate(delegate, [issuer, ...others], 'revocationList', question.at, thisUpdate)) return false;
  return isClearedByIssuer({ ...question, certificate: delegate, issuers: [issuer, ...others] });
}

/**
 * Authorities that changed their key publish a list for each key, and the new one need not know what the old one certified. Another key's
 * silence therefore clears only when the key certifies nothing itself, or when the certificate names that very list as its own.
 */
function mayClear(delegate: Certificate, list: RevocationList | undefined, { certificate }: Question): boolean {
  if (!delegate.isAuthority && delegate.keyUsage?.has('keyCertSign') !== true) return true;
  return list?.scope.points !== undefined && isPointOf(certificate, list.scope.points);
}
