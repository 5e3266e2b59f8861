// An agency's own program that fetches: takes dossiers from whichever gateway answers, puts each to the agency's backend and says that it is stored; takes
// what the backend says and brings it to a gateway. It may be killed at any moment: what it had in hand it is given again, and its place in the backend's
// messages stands in a file. Plain JavaScript, because it runs as it stands; its settings come as one JSON text.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout } from 'node:timers/promises';

const { gateways, backend, toGateway, toBackend, authority, cursorFile } = JSON.parse(process.env.FETCHER ?? '{}');
const ca = readFileSync(authority);
const agentOf = ({ certificate, key }) => new Agent({ keepAlive: true, ca, cert: readFileSync(certificate), key: readFileSync(key) });
const agents = { gateway: agentOf(toGateway), backend: agentOf(toBackend) };
const MOST = 20;
const WAIT_SECONDS = 5;
const REST_MS = 100;
const LIMIT_MS = 20_000;
let turn = 0;

function call(agent, method, url, body, type = 'application/json', more = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: body === undefined ? more : { 'content-type': type, 'content-length': Buffer.byteLength(body), ...more } }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => { resolve({ status: response.statusCode, body: Buffer.concat(chunks) }); });
      response.on('error', reject);
    });
    outgoing.setTimeout(LIMIT_MS, () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Of one gateway until it fails, then of the next. */
async function ask(method, path, body, type) {
  try {
    const answer = await call(agents.gateway, method, `${gateways[turn % gateways.length]}${path}`, body, type);
    if (answer.status < 500) return answer;
  } catch {
    // The gateway is away.
  }
  turn += 1;
  await setTimeout(REST_MS);
  return undefined;
}

async function store({ sha256, receipt, dossier, supplements }) {
  const body = JSON.stringify({ receipt, dossier, ...(supplements === null ? {} : { supplements }) });
  const { status, body: said } = await call(agents.backend, 'PUT', `${backend}/dossiers/${sha256}`, body, 'application/json', { 'idempotency-key': sha256 });
  if (status !== 200 && status !== 202) throw new Error(`the backend answered ${status}: ${said}`);
  const taken = await ask('POST', `/v1/agency/dossiers/${sha256}/acknowledge`);
  if (taken !== undefined && taken.status !== 200 && taken.status !== 409) throw new Error(`the gateway answered ${taken.status}`);
}

async function fetchSome() {
  const answer = await ask('GET', `/v1/agency/dossiers?limit=${MOST}&wait=${WAIT_SECONDS}`);
  if (answer === undefined) return;
  if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status}: ${answer.body}`);
  // One of an employer at a time is given, so that these may go side by side.
  await Promise.all(JSON.parse(answer.body).dossiers.map(store));
}

function readCursor() {
  try {
    return Number(readFileSync(cursorFile, 'utf8'));
  } catch {
    return 0;
  }
}

async function bringSome() {
  const after = readCursor();
  const { status, body } = await call(agents.backend, 'GET', `${backend}/messages?after=${after}&limit=100&wait=${WAIT_SECONDS}`);
  if (status !== 200) throw new Error(`the backend answered ${status}`);
  for (const message of JSON.parse(body).messages) {
    const answer = await ask('POST', '/v1/agency/messages', Buffer.from(message.body, 'base64'), 'application/xml');
    if (answer === undefined) return;
    if (answer.status !== 200 && answer.status !== 202) throw new Error(`the gateway answered ${answer.status}: ${answer.body}`);
    writeFileSync(`${cursorFile}.new`, String(message.position));
    renameSync(`${cursorFile}.new`, cursorFile);
  }
}

async function forEver(work) {
  for (;;) {
    await work().catch(async (error) => {
      process.stderr.write(`${error}\n`);
      await setTimeout(REST_MS);
    });
  }
}

process.stdout.write(`${JSON.stringify({ listening: 'nowhere' })}\n`);
await Promise.all([forEver(fetchSome), forEver(bringSome)]);
