// A sender's webhook for real: an HTTPS server that believes nothing but what verifies, keeps what it got, and answers as the test wants.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { verifyWebhook } from '../../src/client/index.ts';
import type { WebhookEvent } from '../../src/client/index.ts';
import type { Environment } from '../../src/config.ts';
import { pkiFolder } from './pki.ts';

export interface Receiver {
  readonly url: string;
  /** What verified and was answered with 2xx, in order, tests included. */
  readonly events: WebhookEvent[];
  /** Why requests were not believed. */
  readonly untrusted: string[];
  /** Requests under way at once, for one dossier at most. */
  readonly mostTogether: () => number;
  /** What is answered to what verified: 200 unless a test says otherwise. Undefined: no answer, the connection is cut. */
  answer: (event: WebhookEvent) => number | undefined;
  stop(): Promise<void>;
}

/** What lets a gateway reach receivers on this machine. */
export function receiverEnvironment(): Environment {
  return { GATEWAY_WEBHOOK_ADDRESSES: 'any', GATEWAY_WEBHOOK_AUTHORITIES_FILE: join(pkiFolder(), 'trust/root.pem') };
}

/** `linger`: what is waited for before the answer. */
export async function startReceiver(now: () => Date = () => new Date(), linger: (event: WebhookEvent) => Promise<void> = () => Promise.resolve()): Promise<Receiver> {
  const pem = (name: string): string => readFileSync(join(pkiFolder(), name), 'utf8');
  const certificate = pem('gateway-signing.pem');
  const underWay = new Map<string, number>();
  let most = 0;
  const server = createServer({ cert: pem('agency-tls.chain.pem'), key: pem('agency-tls.key') }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      verifyWebhook({ method: request.method ?? '', url: `${receiver.url.replace(/\/hook$/, '')}${request.url ?? ''}`, headers: request.headers, body: Buffer.concat(chunks) }, certificate, { now: now() }).then(
        (event) => {
          const key = event.dossier?.sha256 ?? event.id;
          underWay.set(key, (underWay.get(key) ?? 0) + 1);
          most = Math.max(most, underWay.get(key) ?? 0);
          const answer = (): void => {
            underWay.set(key, (underWay.get(key) ?? 1) - 1);
            const status = receiver.answer(event);
            if (status === undefined) request.socket.destroy();
            else {
              if (status >= 200 && status < 300) receiver.events.push(event);
              response.writeHead(status, status >= 300 && status < 400 ? { location: receiver.url } : {}).end('{}');
            }
          };
          void linger(event).then(() => { setImmediate(answer); });
        },
        (error: unknown) => {
          receiver.untrusted.push(String(error));
          response.writeHead(401).end();
        },
      );
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const receiver: Receiver = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    events: [],
    untrusted: [],
    mostTogether: () => most,
    answer: () => 200,
    stop: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  };
  return receiver;
}
