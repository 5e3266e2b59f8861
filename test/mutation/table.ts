// Every check with its mutant. A new check is a new row; a check that moved is a row whose fragment moved with it.
import { deliveryChecks } from './delivery.ts';
import { evidenceChecks } from './evidence.ts';
import { judgeChecks } from './judge.ts';
import type { Mutant } from './mutant.ts';
import { resultChecks } from './results.ts';
import { signatureChecks } from './signature.ts';
import { trustChecks } from './trust.ts';
import { xmlChecks } from './xml.ts';

export const mutants: readonly Mutant[] = [...xmlChecks, ...signatureChecks, ...trustChecks, ...judgeChecks, ...resultChecks, ...deliveryChecks, ...evidenceChecks];
