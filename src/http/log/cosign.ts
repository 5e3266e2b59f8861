// What witnesses say of a checkpoint: lines of C2SP tlog-cosignature by keys that the operator has named. All of a call's lines are good or none is kept;
// the first of a witness for a checkpoint stays, so that sending again does no harm.
import type { Request, Response } from 'express';

import { Problem } from '../../errors/outcomes.ts';
import { cosignedNote } from '../../evidence/serving.ts';
import { lineText, noteText, parseLine, verifierText, verifyLine } from '../../log/note.ts';
import type { NoteVerifier, SignatureLine } from '../../log/note.ts';
import { keepCosignature } from '../../store/log-serving.ts';
import type { Gateway } from '../app.ts';
import { readBody } from '../body.ts';
import type { Parameter } from '../operations/operation.ts';
import { readQuery } from '../published/query.ts';
import { sendText } from './send.ts';
import { findWanted } from './serve.ts';

const MOST_OCTETS = 16_384;
const MOST_LINES = 16;
/** How far a witness's clock may be ahead of ours. */
const AHEAD_MS = 300_000;

export function addCosignatures(gateway: Gateway, parameters: readonly Parameter[]) {
  return async (request: Request, response: Response): Promise<void> => {
    const { database, limits, now, publicLog } = gateway;
    const size = readQuery(request, parameters).get('size');
    const body = await readBody(request, response, { ...limits, mostBytes: MOST_OCTETS }, ['text/plain']);
    const lines = linesIn(body.toString('utf8'));
    const checkpoint = await findWanted(gateway, size, undefined);
    const { text } = cosignedNote(checkpoint);
    const verified = lines.map((line) => ({ line, ...verify(text, line, checkpoint.size, publicLog.witnesses, now()) }));
    await database.transaction(async (query) => {
      for (const { line, verifier, at } of verified) await keepCosignature(query, { size: checkpoint.size, verifier: verifierText(verifier), line: lineText(line).trimEnd(), at });
    });
    sendText(response, noteText(cosignedNote(await findWanted(gateway, size, undefined))));
  };
}

function linesIn(body: string): readonly SignatureLine[] {
  const written = body.split('\n');
  if (written.pop() !== '' || written.length > MOST_LINES) throw new Problem('COSIGNATURE_MALFORMED', { line: Math.min(written.length + 1, MOST_LINES + 1), maximum: MOST_LINES });
  return written.map((line, at) => parseLine(line) ?? malformed(at + 1));
}

function malformed(line: number): never {
  throw new Problem('COSIGNATURE_MALFORMED', { line, maximum: MOST_LINES });
}

/** By one of our witnesses, of a checkpoint that is there, and not of a time to come. */
function verify(text: string, line: SignatureLine, size: number, witnesses: readonly NoteVerifier[], now: Date): { readonly verifier: NoteVerifier; readonly at: Date } {
  const { name, keyId } = line;
  const verifier = witnesses.find((witness) => witness.name === name && witness.keyId.equals(keyId));
  if (verifier === undefined) throw new Problem('WITNESS_UNKNOWN', { witness: `${name}+${keyId.toString('hex')}` });
  const signature = verifyLine(text, line, verifier);
  if (signature?.at === undefined || signature.at.getTime() > now.getTime() + AHEAD_MS) throw new Problem('COSIGNATURE_WRONG', { witness: name, size });
  return { verifier, at: signature.at };
}
