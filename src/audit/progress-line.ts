// How far an audit is: one line that is written over while somebody watches, with the rate and the time left; one line a minute otherwise. Pure.

export interface Progress {
  /** Submissions and entries of the log, done and in all; `doneBefore` was taken over. */
  readonly done: number;
  readonly doneBefore: number;
  readonly all: number;
  readonly milliseconds: number;
}

const WIDTH = 30;

export function progressLine({ done, doneBefore, all, milliseconds }: Progress): string {
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const full = Math.floor(share * WIDTH);
  const rate = milliseconds === 0 ? 0 : (1000 * (done - doneBefore)) / milliseconds;
  const left = rate === 0 ? '–' : duration((all - done) / rate);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${(100 * share).toFixed(1)} % · ${done}/${all} · ${rate.toFixed(0)}/s · còn / left ${left}`;
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
