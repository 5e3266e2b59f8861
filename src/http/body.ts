// Admission of a body: content type, declared and actual size, gzip with a bound on what it inflates to, time. Throws `Problem`; what it
// returns is the whole body and nothing but it.
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';

import type { Request } from 'express';

import { Problem } from '../errors/outcomes.ts';

export interface BodyLimits {
  /** Octets, as received and as inflated. */
  readonly mostBytes: number;
  readonly timeoutMs: number;
}

export async function readBody(request: Request, limits: BodyLimits): Promise<Buffer> {
  checkType(request);
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') throw new Problem('CONTENT_ENCODING', { found: encoding });
  if (Number(request.headers['content-length'] ?? 0) > limits.mostBytes) throw new Problem('BODY_TOO_LARGE', { maximum: limits.mostBytes });
  const body = await inTime(request, limits, encoding === 'gzip' ? inflate(request, limits) : collect(request, limits));
  if (body.length === 0) throw new Problem('BODY_EMPTY');
  return body;
}

function checkType(request: Request): void {
  const written = request.headers['content-type'] ?? '';
  const [type, ...parameters] = written.toLowerCase().split(';').map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8).replaceAll('"', '');
  if (type !== 'application/xml' && type !== 'text/xml') throw new Problem('MEDIA_TYPE', { found: written === '' ? '∅' : written.slice(0, 100) });
  if (charset !== undefined && charset !== 'utf-8') throw new Problem('MEDIA_TYPE', { found: written.slice(0, 100) });
}

async function inTime(request: Request, { timeoutMs }: BodyLimits, reading: Promise<Buffer>): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new Problem('BODY_TIMEOUT', { seconds: timeoutMs / 1000 })); }, timeoutMs);
  });
  const gone = new Promise<never>((_resolve, reject) => request.once('close', () => { if (!request.complete) reject(new Problem('BODY_INCOMPLETE')); }));
  gone.catch(() => undefined); // it may be rejected after the race is over
  reading.catch(() => undefined);
  try {
    return await Promise.race([reading, late, gone]);
  } finally {
    clearTimeout(timer);
  }
}

async function collect(stream: Readable, { mostBytes }: BodyLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostBytes) {
        stream.removeAllListeners('data');
        stream.pause();
        reject(new Problem('BODY_TOO_LARGE', { maximum: mostBytes }));
      } else chunks.push(chunk);
    });
    stream.once('end', resolve);
    stream.once('error', () => { reject(new Problem('BODY_INCOMPLETE')); });
  });
  return Buffer.concat(chunks);
}

async function inflate(request: Request, limits: BodyLimits): Promise<Buffer> {
  const gunzip = createGunzip();
  const damaged = new Promise<never>((_resolve, reject) => gunzip.once('error', () => { reject(new Problem('BODY_COMPRESSION')); }));
  damaged.catch(() => undefined);
  request.pipe(gunzip);
  try {
    return await Promise.race([collect(gunzip, limits), damaged]);
  } finally {
    request.unpipe(gunzip);
    gunzip.destroy();
  }
}
