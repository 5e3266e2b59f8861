// What a container brings along to judge its signatures by, beside what whoever asks believes: authorities' certificates as links of paths, lists and answers.
// A root inside is left out: only the anchors that were given are anchors.
import { parseVerifier } from '../log/note.ts';
import { readValues } from '../trust/embedded-values.ts';
import { assembleTrustMaterial, partsOf } from '../trust/material.ts';
import type { TrustMaterial, TrustPart } from '../trust/material.ts';
import { OCSP_SIGNING } from '../trust/purposes.ts';
import type { Certificate } from '../trust/certificate.ts';
import type { ExamineBasis } from './examined.ts';

/** More than any dossier needs; each may cost a verification. */
const MOST = 512;

export function enclosedTrust(files: ReadonlyMap<string, Buffer>, { trust, logKeys }: ExamineBasis): Pick<ExamineBasis, 'trust' | 'responses' | 'logKeys'> {
  const inside = (folder: string, ending: string): Buffer[] => [...files].filter(([name]) => name.startsWith(`${folder}/`) && name.endsWith(ending)).slice(0, MOST).map(([, octets]) => octets);
  const { candidates, lists, responses } = readValues({ certificates: inside('certificates', '.cer'), lists: inside('crls', '.crl'), responses: inside('ocsp', '.ors') });
  const parts: TrustPart[] = [
    ...candidates.filter(isLink).map(({ fingerprint, der }): TrustPart => ({ kind: 'certificate', digest: fingerprint, body: der })),
    ...lists.map(({ fingerprint, der }): TrustPart => ({ kind: 'crl', digest: fingerprint, body: der })),
  ];
  const enclosed = (files.get('log/key.txt')?.toString('utf8') ?? '').split('\n').flatMap((line) => parseVerifier(line.trim()) ?? []);
  return { trust: merged(trust, parts), responses, logKeys: { ...logKeys, enclosed } };
}

function merged(trust: TrustMaterial, parts: readonly TrustPart[]): TrustMaterial {
  const material = assembleTrustMaterial([...partsOf(trust), ...parts]);
  const same = material.anchors.length === trust.anchors.length && material.anchors.every(({ fingerprint }) => trust.anchors.some((anchor) => anchor.fingerprint === fingerprint));
  if (!same) throw new Error('a container made anchors');
  return material;
}

/** An authority that another one certified, or who signs lists or answers for one; a certificate that names itself as its issuer could become an anchor. */
function isLink({ isAuthority, issuerDer, subjectDer, keyUsage, extendedKeyUsage }: Certificate): boolean {
  if (issuerDer.equals(subjectDer)) return false;
  return isAuthority || keyUsage?.has('cRLSign') === true || extendedKeyUsage?.includes(OCSP_SIGNING) === true;
}
