// Guarantee: a receiver gets an event only out of a request that the gateway signed for it, within the window; whatever was forged, altered or sent
// again later is a ClientError and no event.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { ClientError, verifyWebhook } from '../../src/client/index.ts';
import type { WebhookEvent, WebhookRequest } from '../../src/client/index.ts';
import { signRequest } from '../../src/signature/http-message.ts';
import { payloadOf, testPayload } from '../../src/webhooks/payload.ts';
import { employerLike, identityOf, loadPki } from '../support/pki.ts';

const now = new Date('2026-11-23T02:30:41Z');
const url = 'https://ivan.example/hook';
let certificate: string;
let request: WebhookRequest;
let sign: (body: Buffer, eventId: string) => Promise<WebhookRequest>;

beforeAll(async () => {
  const pki = await loadPki();
  certificate = pki.gatewaySigning.certificatePem;
  sign = async (body, eventId) => ({ method: 'POST', url, body, headers: await signRequest({ url, contentType: 'application/json', eventId, body }, identityOf(pki.gatewaySigning), now) });
  const event = { id: '41', position: 7, kind: 'accepted', at: new Date('2026-11-23T02:30:00Z'), digest: 'a'.repeat(64), dossierNumber: '00001/2026/00101', transactionCode: 'X', detail: { document: '/v1/dossiers/a' } };
  request = await sign(payloadOf(event), '41');
});

const reasonOf = async (given: WebhookRequest, at = now, trusted = certificate): Promise<string> => {
  const error: unknown = await verifyWebhook(given, trusted, { now: at }).then((event: WebhookEvent) => event, (thrown: unknown) => thrown);
  return error instanceof ClientError ? `${error.code} ${/\((.*?)\)/.exec(error.en)?.[1] ?? ''}` : `an event: ${JSON.stringify(error)}`;
};

describe('a webhook request', () => {
  it('that the gateway signed gives its event', async () => {
    expect(await verifyWebhook(request, certificate, { now })).toEqual({
      id: '41', position: 7, kind: 'accepted', at: new Date('2026-11-23T02:30:00Z'), detail: { document: '/v1/dossiers/a' },
      dossier: { sha256: 'a'.repeat(64), number: '00001/2026/00101', transactionCode: 'X' },
    });
  });

  it('of a test has position 0 and no dossier', async () => {
    expect(await verifyWebhook(await sign(testPayload('test-1', now), 'test-1'), certificate, { now })).toMatchObject({ kind: 'test', position: 0, dossier: null });
  });

  it('sent again after the window is refused', async () => {
    expect([await reasonOf(request, new Date(now.getTime() + 300_001)), await reasonOf(request, new Date(now.getTime() - 300_001))]).toEqual(['WEBHOOK_UNTRUSTED TIME', 'WEBHOOK_UNTRUSTED TIME']);
  });

  it('of another signer is refused, whoever issued its certificate', async () => {
    expect(await reasonOf(request, now, employerLike(await loadPki()).certificatePem)).toBe('WEBHOOK_UNTRUSTED SIGNATURE');
  });

  it.each([
    ['another body', (given: WebhookRequest) => ({ ...given, body: Buffer.from(given.body.toString().replace('accepted', 'refused')) }), 'BODY_ALTERED'],
    ['another address', (given: WebhookRequest) => ({ ...given, url: 'https://ivan.example/other' }), 'SIGNATURE'],
    ['another event’s id', (given: WebhookRequest) => ({ ...given, headers: { ...given.headers, 'ivan-event-id': '42' } }), 'SIGNATURE'],
    ['no signature', (given: WebhookRequest) => ({ ...given, headers: { ...given.headers, signature: undefined } }), 'UNSIGNED'],
    ['a header twice', (given: WebhookRequest) => ({ ...given, headers: { ...given.headers, 'Content-Digest': 'x' } }), 'Content-Digest'],
    ['a header of two values', (given: WebhookRequest) => ({ ...given, headers: { ...given.headers, 'content-digest': ['x', 'y'] } }), 'content-digest'],
  ])('with %s is refused', async (_what, alter, reason) => {
    expect(await reasonOf(alter(request))).toBe(`WEBHOOK_UNTRUSTED ${reason}`);
  });

  it('that is signed but says two things of its id, or nothing readable, is refused', async () => {
    expect([await reasonOf(await sign(testPayload('a', now), 'b')), (await reasonOf(await sign(Buffer.from('{'), 'a'))).startsWith('WEBHOOK_UNTRUSTED')]).toEqual(['WEBHOOK_UNTRUSTED ivan-event-id', true]);
  });
});
