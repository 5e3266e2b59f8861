// Whose are the documents of a container, and whose its seal? A certificate under a trusted root makes nobody the gateway, and a key that lies inside vouches for
// nothing. A document is shown by its octets' entry in the log whose key whoever asks brought along, or by the gateway's certificate that they name; the seal by
// that certificate, or by being of whom the log shows to have signed a document. A seal that is shown vouches for every file. Pure.
import { objectOf, statusOf, worst } from '../report/model.ts';
import type { CertificateEntry, ObjectReport, Reason, SignatureEntry, Status } from '../report/model.ts';
import { ClientError } from './errors.ts';
import { isExpected } from './examined.ts';
import type { ExamineBasis } from './examined.ts';
import { reasonFor, reasonOfError } from './reasons.ts';

export interface Roles {
  readonly seal: SignatureEntry | undefined;
  readonly isSealShown: boolean;
  readonly objects: readonly ObjectReport[];
}

/** The gateway's own; the dossier is the unit's, and what the agency signed is the agency's. */
const GATEWAYS = /^(?:receipt\.xml$|results\/|notices\/)/;

const open: Status = statusOf('INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE');

export function rolesOf(seal: SignatureEntry | undefined, objects: readonly ObjectReport[], { fingerprints }: Pick<ExamineBasis, 'fingerprints'>): Roles {
  const gateways = objects.filter(({ name }) => GATEWAYS.test(name));
  const signers = gateways.filter(isEntered).flatMap(({ signatures: [first] }) => (first?.integrity === 'whole' ? first.signer ?? [] : []));
  const isNamed = fingerprints !== undefined && isExpected(seal?.signer?.fingerprint, fingerprints);
  const isShown = isNamed || signers.some((signer) => isSame(signer, seal?.signer));
  const isOpen = (object: ObjectReport): boolean => object.name !== 'dossier.xml' && !isShown && !isEntered(object) && !(fingerprints !== undefined && gateways.includes(object));
  return {
    seal: seal === undefined || isShown ? seal : unshown(seal, fingerprints !== undefined),
    isSealShown: isShown,
    objects: objects.map((object) => (isOpen(object) ? objectOf({ ...object, reasons: [...object.reasons, reasonFor('ROLE_NOT_SHOWN_ENCLOSED')] }, worst([statusOf(object.indication, object.subIndication), open])) : object)),
  };
}

/** Its very octets, in the log whose key was given. A receipt's own proof, which is the first of two, is of its submission alone. */
function isEntered({ proofs }: ObjectReport): boolean {
  const last = proofs.findLast(({ kind }) => kind === 'log');
  return last?.state === 'passed';
}

/** The same certificate, or another of the same holder from the same issuer: a gateway's certificate is renewed before the documents are. */
function isSame(one: CertificateEntry, other: CertificateEntry | undefined): boolean {
  return one.fingerprint === other?.fingerprint || (one.subject === other?.subject && one.issuer === other.issuer);
}

function unshown(seal: SignatureEntry, isOther: boolean): SignatureEntry {
  const reason: Reason = isOther ? reasonOfError(new ClientError('SIGNER_UNEXPECTED', '/', `${seal.signer?.subject ?? '?'}, ${seal.signer?.fingerprint ?? '?'}`)) : reasonFor('SEAL_NOT_SHOWN');
  const status = worst([statusOf(seal.indication, seal.subIndication), isOther ? statusOf('TOTAL-FAILED') : open]);
  return { ...seal, ...status, reasons: [...seal.reasons, reason] };
}
