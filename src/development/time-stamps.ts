// The development time-stamp authority as a program (compose.yaml): with the certificate of a development PKI, by this machine's clock, until it is stopped.
// Not for production: whoever holds its key makes any time.
// Usage: time-stamps.js CERTIFICATE.pem KEY.pem [--host ADDRESS] [--port NUMBER]
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { startTimeStampServer } from './time-stamp-server.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { host: { type: 'string', default: '127.0.0.1' }, port: { type: 'string', default: '3161' } } });
const [certificate, key] = positionals;
if (certificate === undefined || key === undefined) throw new Error('usage: time-stamps.js CERTIFICATE.pem KEY.pem [--host ADDRESS] [--port NUMBER]');

const credential = { certificatePem: await readFile(certificate, 'utf8'), privateKeyPem: await readFile(key, 'utf8') };
const server = await startTimeStampServer({ credential, now: () => new Date(), host: values.host, port: Number(values.port) });
console.log(JSON.stringify({ listening: server.url }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.stop().then(() => process.exit(0)));
