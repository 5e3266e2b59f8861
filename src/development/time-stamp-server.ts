// A time-stamp authority as an HTTP server (RFC 3161 §3.4), for development and tests: answers every question that it understands with a token of the instant
// that its clock shows, numbered. A test may let it refuse, fail or fall silent. Questions are read with another decoder than the gateway writes them with.
import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AsnConvert } from '@peculiar/asn1-schema';
import { TimeStampReq } from '@peculiar/asn1-tsp';

import type { Credential } from './certificates.ts';
import { fromPem } from './der.ts';
import { makeTimeStampToken } from './time-stamp-authority.ts';
import type { TimeStampAuthority, TokenHash, TokenRequest } from './time-stamp-authority.ts';

export interface TimeStampServer {
  readonly url: string;
  /** Tokens given. */
  readonly given: number;
  /** Takes effect with the next question. */
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** `edit` changes what a token is made from; `answer` answers in its place. */
export interface Behaviour {
  readonly mode?: 'grant' | 'reject' | 'fail' | 'silent';
  readonly edit?: (request: TokenRequest) => TokenRequest;
  readonly answer?: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;
  readonly credential?: Credential;
}

export interface TimeStampServerOptions {
  readonly credential: Credential;
  readonly now: () => Date;
  readonly host?: string;
  readonly port?: number;
}

const LARGEST_QUESTION = 64 * 1024;
const hashes: ReadonlyMap<string, TokenHash> = new Map([['2.16.840.1.101.3.4.2.1', 'sha256'], ['2.16.840.1.101.3.4.2.2', 'sha384'], ['2.16.840.1.101.3.4.2.3', 'sha512']]);

export function authorityOf({ certificatePem, privateKeyPem }: Credential): TimeStampAuthority {
  return { key: createPrivateKey(privateKeyPem), certificate: fromPem(certificatePem) };
}

export async function startTimeStampServer({ credential, now, host = '127.0.0.1', port = 0 }: TimeStampServerOptions): Promise<TimeStampServer> {
  let behaviour: Behaviour = {};
  let given = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { mode = 'grant', edit = (made) => made, answer: own, credential: other = credential } = behaviour;
    if (own !== undefined) own(request, response, body);
    else if (mode === 'fail' || request.method !== 'POST' || request.headers['content-type'] !== 'application/timestamp-query') response.writeHead(mode === 'fail' ? 500 : 400).end();
    else if (mode !== 'silent') {
      given += 1;
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(mode === 'reject' ? rejection() : answerTo(body, authorityOf(other), now(), given, edit));
    }
  };
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(400).end();
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    get given() {
      return given;
    },
    behave: (next) => { behaviour = next; },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerTo(body: Buffer, authority: TimeStampAuthority, at: Date, number: number, edit: (request: TokenRequest) => TokenRequest): Buffer {
  const { messageImprint: { hashAlgorithm: { algorithm }, hashedMessage }, nonce, certReq } = AsnConvert.parse(body, TimeStampReq);
  const imprintHash = hashes.get(algorithm);
  if (imprintHash === undefined) return rejection();
  const imprint = Buffer.from(hashedMessage.buffer);
  const token = makeTimeStampToken(authority, edit({
    octets: Buffer.alloc(0), imprint, imprintHash, genTime: new Date(Math.floor(at.getTime() / 1000) * 1000), accuracy: 1000, serialNumber: number, ...(nonce === undefined ? {} : { nonce: Buffer.from(nonce) }), ...(certReq ? {} : { embedded: [] }),
  }));
  return sequenceOf(GRANTED, token);
}

const GRANTED = Buffer.from('3003020100', 'hex');
/** badRequest */
const REJECTED = Buffer.from('300702010203020520', 'hex');

/** The token as it was signed, octet for octet. */
function sequenceOf(...elements: readonly Buffer[]): Buffer {
  const content = Buffer.concat(elements);
  const { length } = content;
  return Buffer.concat([Buffer.from(length < 0x80 ? [0x30, length] : length < 0x100 ? [0x30, 0x81, length] : [0x30, 0x82, length >> 8, length & 0xff]), content]);
}

function rejection(): Buffer {
  return sequenceOf(REJECTED);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    if ((size += (chunk as Buffer).length) > LARGEST_QUESTION) throw new Error('a question that is too long');
  }
  return Buffer.concat(chunks);
}
