// Which faults an agency has that is told to have some: for each a share of its dossiers (or requests), struck by chance that is the same
// every time. In one setting, BACKEND_SCENARIO: `seed=7,slow=0.2,duplicate=1`; a fault without a share strikes always. Pure.
import { seeded } from './seeded.ts';

export const faults = ['slow', 'other-dossier', 'wrong-code', 'duplicate', 'reorder', 'revoked', 'vanish'] as const;
/**
 * slow: takes longer than it may · other-dossier: first gives the result of a dossier that it has not got · wrong-code: gives a second result
 * that contradicts the first · duplicate: says everything twice · reorder: later before earlier · revoked: first signs the result with a
 * revoked certificate · vanish: for a while every connection is destroyed.
 */
export type Fault = (typeof faults)[number];

export interface Scenario {
  readonly seed: string;
  /** Share struck, from 0 to 1. */
  readonly shares: ReadonlyMap<Fault, number>;
}

export const noScenario: Scenario = { seed: '0', shares: new Map() };

/** How much longer a slow agency takes. */
export const SLOWNESS = 1.5;
/** So many requests in a row are lost, or none of them. */
const VANISHED_REQUESTS = 20;

/** Throws when it is not one. */
export function readScenario(text: string): Scenario {
  let seed = noScenario.seed;
  const shares = new Map<Fault, number>();
  for (const part of text.split(',')) {
    const [name = '', value = '1', ...more] = part.trim().split('=');
    const fault = faults.find((known) => known === name);
    if (name === 'seed' && more.length === 0) seed = value;
    else if (fault === undefined) throw new Error(`there is no fault ${name}: ${faults.join(', ')}`);
    else if (more.length > 0 || !/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/.test(value)) throw new Error(`${name}: must be a share from 0 to 1`);
    else shares.set(fault, Number(value));
  }
  return { seed, shares };
}

/** `what` is a dossier's digest. */
export function strikes({ seed, shares }: Scenario, fault: Fault, what: string): boolean {
  const share = shares.get(fault) ?? 0;
  return share > 0 && seeded(seed, fault, what) < share;
}

/** `request` counts from 0. */
export function vanishes(scenario: Scenario, request: number): boolean {
  return strikes(scenario, 'vanish', String(Math.floor(request / VANISHED_REQUESTS)));
}
