// What else a container says of how its documents were judged, held against what is signed: that each certificate, list and answer is the one that its name
// says, and that the rule set and the trust material are those that the receipt names.
import type { Fact, ProofEntry, Words } from '../report/model.ts';
import type { MessageFacts } from '../receipts/read.ts';
import { factsIn } from './examine-stamps.ts';
import { reasonFor } from './reasons.ts';
import { digestOf } from './verify-message.ts';

const revocationTitle: Words = { vi: 'Chứng thư và dữ liệu thu hồi đã dùng', en: 'Certificates and revocation data as used' };
const rulesTitle: Words = { vi: 'Bộ quy tắc đã dùng', en: 'The rule set that was used' };

/** `receipt`: as far as it may be believed. */
export function examineMaterial(files: ReadonlyMap<string, Buffer>, receipt: MessageFacts | undefined): readonly ProofEntry[] {
  return [revocationIn(files), ...rulesIn(files, receipt)];
}

function revocationIn(files: ReadonlyMap<string, Buffer>): ProofEntry {
  const inside = (folder: string): (readonly [string, Buffer])[] => [...files].filter(([name]) => name.startsWith(`${folder}/`));
  const [certificates, lists, answers] = [inside('certificates'), inside('crls'), inside('ocsp')];
  const misnamed = [...certificates, ...lists, ...answers].filter(([name, octets]) => /\/([^/.]+)\.\w+$/.exec(name)?.[1] !== digestOf(octets));
  const facts: readonly Fact[] = [
    { vi: 'Chứng thư', en: 'Certificates', value: String(certificates.length) },
    { vi: 'Danh sách thu hồi (CRL)', en: 'Revocation lists (CRL)', value: String(lists.length) },
    { vi: 'Trả lời OCSP', en: 'OCSP answers', value: String(answers.length) },
  ];
  const wrong = misnamed.map(([name]) => reasonFor('REVOCATION_MISNAMED', name));
  const none = lists.length + answers.length === 0 ? [reasonFor('REVOCATION_NONE')] : [];
  return { kind: 'revocation', state: wrong.length > 0 ? 'failed' : none.length > 0 ? 'unchecked' : 'passed', title: revocationTitle, facts, reasons: [...wrong, ...none] };
}

/** The receipt's signature covers the rule set; the log's entry of the dossier the rule set and the trust material. */
function rulesIn(files: ReadonlyMap<string, Buffer>, receipt: MessageFacts | undefined): readonly ProofEntry[] {
  const octets = files.get('rules.json');
  if (octets === undefined) return [];
  const { ruleSet, ruleSetDigest, trustDigest } = rulesOf(octets);
  const facts: readonly Fact[] = [
    ...(ruleSet === undefined ? [] : [{ vi: 'Bộ quy tắc', en: 'Rule set', value: ruleSet }]),
    { vi: 'SHA-256', en: 'SHA-256', value: ruleSetDigest },
    { vi: 'Vật liệu tin cậy (SHA-256)', en: 'Trust material (SHA-256)', value: trustDigest },
  ];
  const entry = { kind: 'rules', title: rulesTitle, facts } as const;
  if (receipt?.rules === undefined) return [{ ...entry, state: 'unchecked', reasons: [reasonFor('RULES_ABSENT')] }];
  const logged = factsIn(files.get('log/dossier.json'));
  const isSame = receipt.rules.digest === ruleSetDigest && receipt.rules.ruleSet === ruleSet && (receipt.log?.facts ?? logged)?.['VATLIEU_TINCAY'] === trustDigest;
  return [isSame ? { ...entry, state: 'passed', reasons: [] } : { ...entry, state: 'failed', reasons: [reasonFor('RULES_OTHER', 'rules.json')] }];
}

function rulesOf(octets: Buffer): { readonly ruleSet: string | undefined; readonly ruleSetDigest: string; readonly trustDigest: string } {
  const read = (): unknown => {
    try {
      return JSON.parse(octets.toString('utf8'));
    } catch {
      return undefined;
    }
  };
  const said = new Map(Object.entries((read() ?? {}) as Record<string, unknown>));
  const text = (name: string): string | undefined => {
    const value = said.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return { ruleSet: text('ruleSet'), ruleSetDigest: text('ruleSetDigest') ?? '', trustDigest: text('trustDigest') ?? '' };
}
