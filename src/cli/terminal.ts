// What a command knows of the world around it: where to write, the time, when to stop. The entry file gives the real one, tests their own.
import type { Sleep } from '../client/retry.ts';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Is somebody watching stderr? */
  readonly isInteractive: boolean;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
}
