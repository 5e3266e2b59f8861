// Keys of witnesses as an operator or a monitor lists them: one verifier key a line (C2SP signed-note), with lines that are empty or begin with # between
// them. Nothing is passed over silently. Pure.
import { parseVerifier, verifierText } from './note.ts';
import type { NoteVerifier } from './note.ts';

/** @throws Error that names the line which is no such key, or comes twice. */
export function readVerifiers(text: string, kind: NoteVerifier['kind']): readonly NoteVerifier[] {
  const verifiers = text.split(/\r?\n/).flatMap((written, at) => {
    const line = written.trim();
    if (line === '' || line.startsWith('#')) return [];
    const verifier = parseVerifier(line);
    if (verifier?.kind !== kind) throw new Error(`line ${at + 1} is not the key of a ${kind} (<name>+<key ID>+<base64>)`);
    return [verifier];
  });
  if (new Set(verifiers.map(verifierText)).size !== verifiers.length) throw new Error('a key comes twice');
  return verifiers;
}
