// `npm run demo`: the whole way on this machine, with real parts – a dossier is built, signed and sent as an I-VAN over mutual TLS, receipted,
// delivered, answered, and everything that came back is verified. Exits 0 when all of it held. `--keep` leaves the site running.
import { X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { connect, digestOf, readPem, verifyMessage, verifyReceiptFor } from '../client/index.ts';
import type { GatewayClient, VerifiedMessage } from '../client/index.ts';
import { currentEnvironment } from '../config.ts';
import type { Environment } from '../config.ts';
import { formatDateTime } from '../standard/time.ts';
import { openDatabase } from '../store/database.ts';
import { readTrustFolder } from '../trust-folder.ts';
import { isPortFree } from './database-settings.ts';
import { demonstrationDossier } from './demo-dossier.ts';
import { developmentIvan, registerDevelopmentIvan } from './ivan.ts';
import { startProgram } from './programs.ts';
import type { RunningProgram } from './programs.ts';
import { backendDatabase, backendFiles, backendPort, openSite, siteFolder } from './site.ts';
import type { DevelopmentSite } from './site.ts';

const keep = process.argv.includes('--keep');
const began = performance.now();
let step = began;

/** One step of the story: Vietnamese, English beneath, and how long it took. */
function tell(vi: string, en: string, details: readonly string[] = []): void {
  const now = performance.now();
  console.log(`✔ ${vi}  (${((now - step) / 1000).toFixed(2)} s)\n  ${en}`);
  for (const detail of details) console.log(`    ${detail}`);
  step = now;
}

interface Stage {
  readonly site: DevelopmentSite;
  readonly gateway: RunningProgram;
  readonly backend: RunningProgram;
}

async function raiseStage(cleanUp: (() => Promise<void>)[]): Promise<Stage> {
  const environment = currentEnvironment();
  const backendAt = (await isPortFree(backendPort)) ? backendPort : 0;
  const site = await openSite({ now: new Date(), stampsBy: () => new Date(), environment });
  cleanUp.push(() => site.stop());
  tell('PostgreSQL nhúng và hạ tầng khóa công khai thử nghiệm đã sẵn sàng', 'Embedded PostgreSQL and a development PKI are ready', [siteFolder()]);

  const backend = await startProgram('backend/main.js', backendEnvironment(site, environment, backendAt), join(siteFolder(), 'backend.log'));
  cleanUp.push(() => backend.stop());
  // The backend may have taken another port than usual: the route file names the one it has.
  await openRoutes(site, backend.url);
  const database = await openDatabase({ url: String(site.gatewayEnvironment['GATEWAY_DATABASE_URL']), connections: 4 });
  await registerDevelopmentIvan(database, site.pki, new Date());
  await database.close();
  const port = environment['GATEWAY_LISTEN_PORT'] ?? ((await isPortFree(8443)) ? '8443' : '0');
  const gateway = await startProgram('main.js', { ...site.gatewayEnvironment, GATEWAY_LISTEN_PORT: port }, join(siteFolder(), 'gateway.log'));
  cleanUp.push(() => gateway.stop());
  tell('Cổng tiếp nhận và hệ thống xử lý mẫu đang chạy, mỗi bên một tiến trình', 'Gateway and reference backend are running, each in a process of its own', [`${gateway.url}   ${backend.url}`]);
  return { site, gateway, backend };
}

async function openRoutes(site: DevelopmentSite, url: string): Promise<void> {
  const backend = { url, certificateAuthorities: ['trust/root.pem'], answerSigners: ['agency-signing.pem'] };
  await writeFile(String(site.gatewayEnvironment['GATEWAY_ROUTES_FILE']), `${JSON.stringify({ backends: { reference: backend }, routes: { '*': 'reference' } }, null, 2)}\n`);
}

function backendEnvironment(site: DevelopmentSite, environment: Environment, port: number): Environment {
  return {
    PATH: environment['PATH'],
    BACKEND_LISTEN_PORT: String(port),
    BACKEND_DATABASE_URL: site.database?.url(backendDatabase) ?? environment['GATEWAY_DATABASE_URL'],
    ...backendFiles(site),
  };
}

function clientOf({ site: { pki }, gateway }: Stage): GatewayClient {
  return connect({
    url: gateway.url,
    certificateAuthorities: [pki.root.certificatePem],
    clientCertificate: { certificatePem: pki.ivan.chainPem, keyPem: pki.ivan.privateKeyPem },
  });
}

async function play(stage: Stage): Promise<void> {
  const { site } = stage;
  const output = join(siteFolder(), 'demo');
  await mkdir(output, { recursive: true });
  const save = (name: string, bytes: Buffer): Promise<void> => writeFile(join(output, name), bytes);
  const trust = readTrustFolder(site.trustFolder);
  const fingerprint = new X509Certificate(site.pki.gatewaySigning.certificatePem).fingerprint256;

  const employer = readPem({ certificatePem: site.pki.employer.certificatePem, keyPem: site.pki.employer.privateKeyPem });
  const dossier = await demonstrationDossier(employer, new Date());
  await save('ho-so.xml', dossier);
  tell('Đơn vị lập hồ sơ thủ tục 600 (D02-TS ba lao động, một tệp PDF) và ký số', 'The employer built a dossier for procedure 600 and signed it', [`${dossier.length} byte, SHA-256 ${digestOf(dossier)}`]);

  const client = clientOf(stage);
  try {
    const submission = await client.submit(dossier);
    await save('bien-nhan.xml', submission.receipt);
    const receipt = await verifyReceiptFor(submission.receipt, dossier, trust, { fingerprint });
    tell(`Tổ chức I-VAN ${developmentIvan.code} nộp qua TLS hai chiều; biên nhận đã được kiểm tra chữ ký`, 'Sent as an I-VAN over mutual TLS; the signed receipt was verified', describe(receipt));
    if (submission.outcome !== 'accepted') throw new Error(`the dossier was ${submission.outcome}`);

    for await (const state of client.follow(submission.digest)) {
      if (state.state !== 'answered') {
        tell(`Trạng thái: ${state.state === 'waiting' ? 'chờ chuyển đến cơ quan BHXH' : 'cơ quan BHXH đã nhận, đang xử lý'}`, `State: ${state.state}`);
        continue;
      }
      if (!('result' in state)) throw new Error('answered without a result');
      await save('ket-qua.xml', state.result);
      const result = await verifyMessage(state.result, trust, { fingerprint });
      tell('Kết quả đã về; chữ ký của cổng và của cơ quan BHXH đều được kiểm tra', 'The result is here; the gateway’s and the agency’s signatures were both verified', describe(result));
    }
    const again = await client.submit(dossier);
    if (!again.receipt.equals(submission.receipt)) throw new Error('a resend got another receipt');
    tell('Gửi lại cùng hồ sơ nhận lại đúng biên nhận cũ, từng byte', 'Resending the same bytes gave the same receipt, byte for byte', [output]);
  } finally {
    client.close();
  }
}

function describe({ kind, dossierNumber, transactionCode, receivedAt, dueAt, result, signer, agencyAnswer }: VerifiedMessage): string[] {
  return [
    `${kind === 'KETQUA' ? 'Kết quả / result' : 'Biên nhận / receipt'}: ${result.code} ${result.text}`,
    ...(dossierNumber === undefined ? [] : [`Số hồ sơ / dossier number: ${dossierNumber}   Mã giao dịch / transaction: ${transactionCode ?? ''}`]),
    ...(receivedAt === undefined || dueAt === undefined ? [] : [`Nhận lúc / received: ${formatDateTime(receivedAt)} +07:00   Hẹn trả / due: ${formatDateTime(dueAt)} +07:00`]),
    `Ký bởi / signed by: ${signer.name}${agencyAnswer === undefined ? '' : `, ${agencyAnswer.signer.name}`}`,
  ];
}

function howToTalk({ site, gateway, backend }: Stage): void {
  const ca = join(site.trustFolder, 'root.pem');
  console.log(`
Địa điểm thử nghiệm vẫn chạy; Ctrl-C để dừng.  The site keeps running; Ctrl-C stops it.
  gateway ${gateway.url} (pid ${gateway.pid})   backend ${backend.url} (pid ${backend.pid})   log: ${siteFolder()}/*.log
  curl --cacert ${ca} ${gateway.url}/health/ready
  npx ivan submit ${siteFolder()}/demo/ho-so.xml --url ${gateway.url} --ca ${ca} --cert ${site.fileOf('ivan', 'chain.pem')} --key ${site.fileOf('ivan', 'key')} --follow
  npx ivan verify ${siteFolder()}/demo/*.xml --trust ${site.trustFolder}
  npm run audit`);
}

async function demonstrate(): Promise<number> {
  const cleanUp: (() => Promise<void>)[] = [];
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { resolve(130); });
  });
  try {
    const stage = await Promise.race([raiseStage(cleanUp), interrupted]);
    if (typeof stage === 'number') return stage;
    const ended = await Promise.race([play(stage).then(() => 0), interrupted]);
    if (ended !== 0) return ended;
    console.log(`\nXong trong ${((performance.now() - began) / 1000).toFixed(1)} giây. Done.`);
    if (keep) {
      howToTalk(stage);
      await interrupted;
    }
    return 0;
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

process.exitCode = await demonstrate().catch((error: unknown) => {
  console.error(`✘ ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
