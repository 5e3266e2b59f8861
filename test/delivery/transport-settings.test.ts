// Guarantee: the route file says how each backend gets its dossiers, with defaults that lose nothing; every mistake is told with its place, and whose
// dossiers the holder of a certificate may fetch is beyond doubt.
import { beforeAll, describe, expect, it } from '@jest/globals';

import { readRouteFile } from '../../src/delivery/routes-file.ts';
import type { DevelopmentPki } from '../../src/development/pki.ts';
import { loadPki } from '../support/pki.ts';
import { fingerprintOf } from '../support/site.ts';

let pki: DevelopmentPki;

beforeAll(async () => {
  pki = await loadPki();
});

describe('the route file', () => {
  const agency = { answerSigners: ['agency-signing.pem'] };
  const pull = { clients: ['agency-tls.pem'] };
  const nats = { servers: ['tls://127.0.0.1:4222'], certificateAuthorities: ['root.pem'] };
  const https = { url: 'https://127.0.0.1:9', certificateAuthorities: ['root.pem'] };
  const read = (backend: unknown, more: Record<string, unknown> = {}) =>
    readRouteFile(JSON.stringify({ backends: { a: backend, ...more }, routes: { '*': 'a' } }), (file) => (file === 'root.pem' ? pki.root : pki.agencySigning).certificatePem);

  it('tells how each backend gets its dossiers, with defaults that lose nothing', () => {
    expect(read({ ...agency, ...https }).backends.get('a')).not.toHaveProperty('transport');
    expect(read({ ...agency, transport: 'pull', pull }).backends.get('a')).toMatchObject({ url: '', mostAtOnce: 100, transport: { kind: 'pull', leaseMs: 120_000, clients: new Set([fingerprintOf(pki.agencySigning.certificatePem)]) } });
    expect(read({ ...agency, ...https, transport: 'nats', nats }).backends.get('a')).toMatchObject({ transport: { kind: 'nats', replicas: 3, duplicateWindowMs: 86_400_000, servers: ['tls://127.0.0.1:4222'] } });
  });

  it.each([
    [{ ...agency, ...https, transport: 'ftp' }, 'backends.a.transport: must be https, pull, nats'],
    [{ ...agency, ...https, pull }, 'backends.a.pull: the transport is https'],
    [{ ...agency, ...https, transport: 'nats', nats, pull }, 'backends.a.pull: the transport is nats'],
    [{ ...agency, transport: 'pull' }, 'backends.a.pull: must be an object'],
    [{ ...agency, transport: 'pull', pull: { clients: [] } }, 'backends.a.pull.clients: must be a list'],
    [{ ...agency, transport: 'pull', pull: { ...pull, lease: 1 } }, 'backends.a.pull.lease: unknown'],
    [{ ...agency, transport: 'pull', pull: { ...pull, leaseSeconds: 1 } }, 'backends.a.pull.leaseSeconds: must be a whole number from 5 to 3600'],
    [{ ...agency, transport: 'nats', nats }, 'backends.a.url: must be https://host:port'],
    [{ ...agency, ...https, transport: 'nats', nats: { ...nats, servers: ['nats://127.0.0.1:4222'] } }, 'backends.a.nats.servers: nats://127.0.0.1:4222 must be tls://host:port'],
    [{ ...agency, ...https, transport: 'nats', nats: { ...nats, duplicateWindowSeconds: 60 } }, 'backends.a.nats.duplicateWindowSeconds: must be a whole number from 7200'],
    [{ ...agency, ...https, transport: 'nats', nats: { ...nats, stream: 'a' } }, 'backends.a.nats.stream: unknown'],
  ])('says where it is wrong: %j', (backend, message) => {
    expect(() => read(backend)).toThrow(message);
  });

  it('gives a client certificate to one agency only, and NATS no name that its subjects cannot hold', () => {
    expect(() => read({ ...agency, transport: 'pull', pull }, { b: { ...agency, transport: 'pull', pull } })).toThrow(/backends\.b\.pull\.clients: [0-9a-f]{64} is a client of a/);
    expect(() => read({ ...agency, ...https }, { 'b.c': { ...agency, ...https, transport: 'nats', nats } })).toThrow('over NATS a name has no point');
  });
});
