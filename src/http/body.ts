// Admission of a body: content type, declared and actual size, gzip with a bound on what it inflates to, time. Throws `Problem`; what it
// returns is the whole body and nothing but it.
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';

import type { Request, Response } from 'express';

import { Problem, Unavailable } from '../errors/outcomes.ts';

export interface BodyLimits {
  /** Octets, as received and as inflated. */
  readonly mostBytes: number;
  readonly timeoutMs: number;
  readonly room: BodyRoom;
}

const xmlTypes = ['application/xml', 'text/xml'] as const;

/** What the bodies of all requests under way may hold together: many slow senders must not fill the memory. */
export interface BodyRoom {
  readonly mostBytes: number;
  held: number;
}

/** The body counts towards the room until the response is closed. Throws `Problem`, or `Unavailable` when the room is full. */
export async function readBody(request: Request, response: Response, limits: BodyLimits, types: readonly string[] = xmlTypes): Promise<Buffer> {
  checkType(request, types);
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') throw new Problem('CONTENT_ENCODING', { found: encoding });
  if (Number(request.headers['content-length'] ?? 0) > limits.mostBytes) throw new Problem('BODY_TOO_LARGE', { maximum: limits.mostBytes });
  const hold = holder(response, limits.room);
  const body = await inTime(request, limits, encoding === 'gzip' ? inflate(request, limits, hold) : collect(request, limits, hold));
  if (body.length === 0) throw new Problem('BODY_EMPTY');
  return body;
}

function checkType(request: Request, types: readonly string[]): void {
  const expected = types[0] ?? '';
  const written = request.headers['content-type'] ?? '';
  const [type, ...parameters] = written.toLowerCase().split(';').map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8).replaceAll('"', '');
  if (type === undefined || !types.includes(type)) throw new Problem('MEDIA_TYPE', { expected, found: written === '' ? '∅' : written.slice(0, 100) });
  if (charset !== undefined && charset !== 'utf-8') throw new Problem('MEDIA_TYPE', { expected, found: written.slice(0, 100) });
}

/** Takes room for octets as they come; the response's end gives all of it back. */
function holder(response: Response, room: BodyRoom): (octets: number) => void {
  let own = 0;
  response.once('close', () => {
    room.held -= own;
    own = 0;
  });
  return (octets) => {
    if (room.held + octets > room.mostBytes) throw new Unavailable('BODY_ROOM');
    if (response.closed) return;
    room.held += octets;
    own += octets;
  };
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

async function collect(stream: Readable, { mostBytes }: BodyLimits, hold: (octets: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      try {
        size += chunk.length;
        if (size > mostBytes) throw new Problem('BODY_TOO_LARGE', { maximum: mostBytes });
        hold(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stream.off('data', take);
        stream.pause();
        chunks.length = 0;
        reject(error instanceof Problem || error instanceof Unavailable ? error : new Problem('BODY_INCOMPLETE'));
      }
    };
    stream.on('data', take);
    stream.once('end', resolve);
    stream.once('error', () => { reject(new Problem('BODY_INCOMPLETE')); });
  });
  return Buffer.concat(chunks);
}

/** Both sides are bounded: what comes in, and what it inflates to. */
async function inflate(request: Request, limits: BodyLimits, hold: (octets: number) => void): Promise<Buffer> {
  const gunzip = createGunzip();
  let received = 0;
  const failed = new Promise<never>((_resolve, reject) => {
    gunzip.once('error', () => { reject(new Problem('BODY_COMPRESSION')); });
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > limits.mostBytes) reject(new Problem('BODY_TOO_LARGE', { maximum: limits.mostBytes }));
    });
    request.once('close', () => { if (!request.complete) reject(new Problem('BODY_INCOMPLETE')); });
  });
  failed.catch(() => undefined);
  request.pipe(gunzip);
  try {
    return await Promise.race([collect(gunzip, limits, hold), failed]);
  } finally {
    request.unpipe(gunzip);
    gunzip.destroy();
  }
}
