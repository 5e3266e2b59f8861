// The machine that a figure belongs to.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${memory} GB, ${process.platform}-${process.arch}, Node ${process.version} (V8 ${process.versions.v8})`;
}

export function load(): string {
  return loadavg().map((value) => value.toFixed(2)).join(' ');
}
