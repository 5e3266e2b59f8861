// A backend with a database, a PKI and a clock of its own; dossiers signed by the employer and receipts signed by the gateway; a client
// that speaks to it as the gateway does.
import { createHash, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';

import type { BackendSettings } from '../../src/backend/config.ts';
import { noScenario } from '../../src/backend/scenario.ts';
import { startBackend } from '../../src/backend/server.ts';
import type { Backend } from '../../src/backend/server.ts';
import { startEmbeddedDatabase } from '../../src/development/database.ts';
import type { EmbeddedDatabase } from '../../src/development/database.ts';
import { issueCrl } from '../../src/development/revocation-lists.ts';
import type { RevokedCertificate } from '../../src/development/revocation-lists.ts';
import { createDevelopmentPki } from '../../src/development/pki.ts';
import type { DevelopmentPki, Party, PartyCredential } from '../../src/development/pki.ts';
import { issueWith } from '../../src/receipts/issue.ts';
import { documentXml } from '../../src/receipts/markup.ts';
import type { Markup } from '../../src/receipts/markup.ts';
import { receiptXml } from '../../src/receipts/receipt.ts';
import type { ReceiptFacts } from '../../src/receipts/receipt.ts';
import { readIdentity } from '../../src/signature/identity.ts';
import { signEnveloped } from '../../src/signature/sign.ts';
import { parseTrustMaterial } from '../../src/trust/material.ts';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export function identityOf({ chainPem, privateKeyPem }: PartyCredential) {
  return readIdentity(chainPem, privateKeyPem);
}

/** With lists of two years from then on, so that a virtual clock does not run past them; else with the development site's of a month. */
export function trustOf(pki: DevelopmentPki, from?: Date, revoked: readonly RevokedCertificate[] = []) {
  const validity = { thisUpdate: new Date((from?.getTime() ?? 0) - 60_000), nextUpdate: new Date((from?.getTime() ?? 0) + 700 * 86_400_000) };
  const rootCrl = from === undefined ? pki.rootCrlPem : issueCrl({ issuer: pki.root, ...validity });
  const subordinateCrl = from === undefined ? pki.subordinateCrlPem : issueCrl({ issuer: pki.subordinate, revoked, ...validity });
  const files = { 'root.pem': pki.root.certificatePem, 'subordinate.pem': pki.subordinate.certificatePem, 'root.crl': rootCrl, 'subordinate.crl': subordinateCrl };
  return parseTrustMaterial(Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
}

export interface Site {
  /** Whose TLS certificates are of today. */
  readonly pki: DevelopmentPki;
  /** Whose signing certificates are of the backend's time. */
  readonly signers: DevelopmentPki;
  readonly database: EmbeddedDatabase;
  readonly settings: BackendSettings;
  /** The backend's clock. */
  time: Date;
  /** By `time`, unless another clock is given. */
  start(changes?: Partial<BackendSettings>, now?: () => Date): Promise<Backend>;
  end(): Promise<void>;
}

export const LIMIT = 256 * 1024;

/** `time` is the backend's; TLS knows no other clock than the real one. */
export async function makeSite(time = new Date()): Promise<Site> {
  const today = new Date();
  const folder = await mkdtemp(join(tmpdir(), 'ivan-backend-'));
  const [pki, database] = await Promise.all([createDevelopmentPki({ now: today }), startEmbeddedDatabase({ folder: join(folder, 'database'), persistent: false })]);
  await database.createDatabase('backend');
  const signers = time > new Date(today.getTime() - 86_400_000) ? pki : await createDevelopmentPki({ now: time });
  const { agencyTls, gatewayClient } = pki;
  const { agencySigning, gatewaySigning } = signers;
  const fingerprint = ({ certificatePem }: PartyCredential): string => sha256(new X509Certificate(certificatePem).raw);
  const settings: BackendSettings = {
    host: '127.0.0.1',
    port: 0,
    database: { url: database.url('backend') },
    tls: { certificate: agencyTls.chainPem, key: agencyTls.privateKeyPem, clientAuthorities: pki.root.certificatePem },
    clientCertificates: new Set([fingerprint(gatewayClient)]),
    signing: identityOf(agencySigning),
    trust: signers === pki ? trustOf(pki) : trustOf(signers, time),
    gatewayCertificates: new Set([fingerprint(gatewaySigning)]),
    processingMs: 2_000,
    pace: 'compressed',
    scenario: noScenario,
    revoked: undefined,
    mostOctets: LIMIT,
  };
  const running: Backend[] = [];
  const site: Site = {
    pki,
    signers,
    database,
    settings,
    time,
    start: async (changes = {}, now = () => site.time) => {
      const backend = await startBackend({ ...settings, ...changes }, { now, log: pino({ enabled: false }) });
      running.push(backend);
      return backend;
    },
    end: async () => {
      await Promise.all(running.map((backend) => backend.stop()));
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return site;
}

export interface Row {
  readonly HoTen: string;
  readonly MasoBHXH?: string;
  readonly CMND?: string;
  readonly PA?: string;
  readonly TuThang?: string;
  readonly Ghichu?: string;
  readonly TienLuong?: string;
}

let dossiersMade = 0;

/** A signed submission, never the same twice, with a signed labour list of these rows; without rows, with an attachment only. */
export async function makeDossier({ employer }: DevelopmentPki, rows?: readonly Row[], procedure = '600'): Promise<Buffer> {
  const identity = identityOf(employer);
  const file = rows === undefined ? attachment() : await labourList(rows, identity);
  dossiersMade += 1;
  const body: Markup = {
    ThongTinIVAN: { MaIVAN: '' },
    ThongTinDonVi: { TenDoiTuong: 'Công ty Mẫu', MaSoBHXH: 'TZ0001L', MaSoThue: '0101300842', CoQuanQuanLy: '01903' },
    ThongTinHoSo: { TenThuTuc: `Báo tăng ${dossiersMade}`, MaThuTuc: procedure, KyKeKhai: '05/2026', SoLuongFile: '1', ToKhais: { FileToKhai: file } },
  };
  return signEnveloped(documentXml('Hoso', { NoiDung: body, CKy_Dvi: '' }), identity, { path: ['Hoso', 'CKy_Dvi'], keyValue: true });
}

export interface BookLine {
  readonly number: string;
  readonly name: string;
  readonly kind: 'S24' | 'S46' | 'BIA';
  readonly leaves: number;
}

export interface BookFiling {
  readonly books: readonly BookLine[];
  /** What the list says of its totals, when it is not what it has. */
  readonly told?: Partial<Record<'SoNguoi' | 'SoSo' | 'SoBia' | 'SoToRoi', number>>;
  readonly withoutD02?: boolean;
}

/** So many books of all kinds; of these numbers forty have every fault there is. */
export function bookLines(count: number, first = 7_900_003_100): BookLine[] {
  const kinds = ['BIA', 'S24', 'S46', 'BIA', 'S46'] as const;
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? 'BIA';
    return { number: String(first + index), name: `NGƯỜI THỬ ${index + 1}`, kind, leaves: kind === 'BIA' ? 2 : index % 3 };
  });
}

/** A signed submission of process 320: Form 01 and a labour list; the books themselves come by post. */
export async function makeBookDossier({ employer }: DevelopmentPki, { books, told = {}, withoutD02 = false }: BookFiling): Promise<Buffer> {
  const identity = identityOf(employer);
  dossiersMade += 1;
  const totals = { SoNguoi: books.length, SoSo: books.length, SoBia: books.filter(({ kind }) => kind === 'BIA').length, SoToRoi: books.reduce((sum, { leaves }) => sum + leaves, 0), ...told };
  const rows = books.map(({ number, name, kind, leaves }, index) => ({ STT: index + 1, MasoBHXH: number, HoTen: name, NgaySinh: '02/09/1970', GioiTinh: '1', LoaiSo: kind, SoToRoi: leaves, GhiChu: '' }));
  const list = documentXml('M01-320', { ThongTinKhac: { TenDonVi: 'Công ty Mẫu', MaDonVi: 'TZ0001L', DenThang: '12/2016', Dot: dossiersMade, ...totals, NgayLap: '03/01/2017' }, NoiDung: { NguoiLaoDong: rows }, Cky: '' });
  const form01 = await signEnveloped(list, identity, { path: ['M01-320', 'Cky'] });
  const d02 = withoutD02 ? [] : [await labourList([{ HoTen: 'NGƯỜI THỬ 1', MasoBHXH: '7900000100', PA: 'DC', TuThang: '01/2017' }], identity)];
  const files = [{ MaToKhai: 'M01-320', TenFile: 'mau-01.xml', LoaiFile: '.xml', DoDaiFile: form01.length, NoiDungFile: form01.toString('base64') }, ...d02];
  const body: Markup = {
    ThongTinIVAN: { MaIVAN: '' },
    ThongTinDonVi: { TenDoiTuong: 'Công ty Mẫu', MaSoBHXH: 'TZ0001L', MaSoThue: '0101300842', NguoiKy: 'Lê Thị Mẫu', DienThoai: '0280000000', CoQuanQuanLy: '07906' },
    ThongTinHoSo: { TenThuTuc: `Rà soát sổ ${dossiersMade}`, MaThuTuc: '320', KyKeKhai: '01/2017', SoLuongFile: String(files.length), ToKhais: { FileToKhai: files } },
  };
  return signEnveloped(documentXml('Hoso', { NoiDung: body, CKy_Dvi: '' }), identity, { path: ['Hoso', 'CKy_Dvi'], keyValue: true });
}

async function labourList(rows: readonly Row[], identity: ReturnType<typeof identityOf>): Promise<Markup> {
  const list = rows.map((row, index) => ({ STT: index + 1, PA: 'TM', TuThang: '05/2026', ...row }));
  const signed = await signEnveloped(documentXml('D02-TS', { NoiDung: { LaoDong: list }, Cky: '' }), identity, { path: ['D02-TS', 'Cky'] });
  return { MaToKhai: 'D02-TS-595', TenFile: 'D02-TS.xml', LoaiFile: '.xml', DoDaiFile: signed.length, NoiDungFile: signed.toString('base64') };
}

function attachment(): Markup {
  return { MaToKhai: 'CT-DK', TenFile: 'giay-to.pdf', LoaiFile: '.pdf', DoDaiFile: 4, NoiDungFile: 'JVBERg==' };
}

export function receiptOf(dossier: Buffer, changes: Partial<ReceiptFacts> = {}): Buffer {
  const at = new Date('2026-05-14T03:00:00Z');
  const signer = { name: 'Công ty Mẫu', serialNumber: '01', taxCodes: ['0101300842'], issuer: 'CA' };
  const facts: ReceiptFacts = {
    kind: 'accepted',
    digest: sha256(dossier),
    size: dossier.length,
    receivedAt: at,
    transactionCode: 'GD-0001',
    sender: 'direct',
    declared: undefined,
    findings: [],
    ruleSetDigest: sha256('rules'),
    trustDigest: sha256('trust'),
    accepted: { dossierNumber: '00001/2026/01903', dueAt: at, dueProvisional: false, slipDueAt: at, signer },
    ...changes,
  };
  return receiptXml(facts, { name: 'Cổng', certificateName: 'Cổng', certificateSerial: '01', placeName: 'Hà Nội', supportTelephone: '1900' });
}

export async function signedReceipt(pki: DevelopmentPki, dossier: Buffer, changes: Partial<ReceiptFacts> = {}, signer: Party = 'gatewaySigning'): Promise<Buffer> {
  return issueWith(identityOf(pki[signer]))(receiptOf(dossier, changes));
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly json: unknown;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Connects with this party's certificate, or with none. */
  readonly as?: Party | 'nobody';
}

export function call({ pki }: Pick<Site, 'pki'>, backend: Pick<Backend, 'port'>, { method = 'GET', path, headers = {}, body, as = 'gatewayClient' }: Call): Promise<Answer> {
  const credential = as === 'nobody' ? {} : { cert: pki[as].chainPem, key: pki[as].privateKeyPem };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: backend.port, method, path, headers, ca: pki.root.certificatePem, ...credential };
    const request = httpsRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const octets = Buffer.concat(chunks);
        const isJson = response.headers['content-type'] === 'application/json';
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: octets, json: isJson ? JSON.parse(octets.toString()) : undefined });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

export function put(site: Pick<Site, 'pki'>, backend: Pick<Backend, 'port'>, digest: string, dossier: Buffer, receipt: Buffer, changes: Partial<Call> = {}): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': digest };
  const body = JSON.stringify({ receipt: receipt.toString('base64'), dossier: dossier.toString('base64') });
  return call(site, backend, { method: 'PUT', path: `/dossiers/${digest}`, headers, body, ...changes });
}
