// `npm run demo:320`: a dossier of process 320 with forty books runs its sixty working days on a virtual clock. Everything that happens at the gateway
// and at the agency is told when it happens, the due dates are held against the calendar, and every document that came of it is verified. Exits 0
// when all of it held. The documents stay in `documents` of the folder that is named, or of `.data/demo-320`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runAudit } from '../audit/run.ts';
import { eventNames } from '../client/event-names.ts';
import { readPem, verifyMessage, verifyReceiptFor } from '../client/index.ts';
import type { SenderEvent } from '../client/index.ts';
import { demonstrationBooks } from '../development/book-dossier.ts';
import { siteFolder } from '../development/site.ts';
import { verifySignature } from '../signature/verify.ts';
import { declarationPlace, messagePlace } from '../standard/kind.ts';
import { createSchemas } from '../standard/schema-folder.ts';
import { trustContent } from '../standard/signer.ts';
import { loadStandards } from '../standard/tables.ts';
import { formatDateTime, formatDay } from '../standard/time.ts';
import { readTrustFolder } from '../trust-folder.ts';
import type { TrustMaterial } from '../trust/material.ts';
import { parse } from '../xml/parse.ts';
import { agencyDesk, fetchFrom } from './agency-desk.ts';
import type { AgencyDesk, CaseView } from './agency-desk.ts';
import { openVirtualSite } from './virtual-site.ts';
import type { VirtualSite } from './virtual-site.ts';

const START = new Date('2017-01-03T09:30:00+07:00');
const END = new Date('2017-04-05T09:30:00+07:00');
/** 1 + 19 + 39 + 1 working days from 3 January 2017, Tết between them. */
const DUE_DAYS = ['04/01/2017', '07/02/2017', '03/04/2017', '04/04/2017'];

const MESSAGE_ROOT = messagePlace.path[0];

const began = performance.now();
const folder = process.argv[2] ?? join(siteFolder(), 'demo-320');
const documents = join(folder, 'documents');

interface Play {
  readonly site: VirtualSite;
  readonly desk: AgencyDesk;
  readonly trust: TrustMaterial;
  readonly digest: string;
}

function line(at: Date, who: string, what: string): void {
  console.log(`${formatDateTime(at)}  ${who.padEnd(8)} ${what}`);
}

async function save(name: string, bytes: Buffer): Promise<void> {
  await writeFile(join(documents, name), bytes);
}

/** What happened since, at both, in the order of time. */
async function tellNews({ site, desk, digest }: Play, told: { events: number; actions: number }): Promise<void> {
  const events: SenderEvent[] = [];
  for await (const event of site.client.events({ digest, after: told.events })) events.push(event);
  const { history } = await desk.caseOf(digest);
  const news = [
    ...events.map(({ kind, at, detail }) => ({ at, who: '[cổng]', what: eventText(kind, detail) })),
    ...history.slice(told.actions).map(({ at, room, officer, action }) => ({ at: new Date(at), who: room, what: `${officer}: ${action}` })),
  ];
  told.events += events.length;
  told.actions = history.length;
  for (const { at, who, what } of news.toSorted((a, b) => a.at.getTime() - b.at.getTime())) line(at, who, what);
}

function eventText(kind: string, detail: Readonly<Record<string, unknown>>): string {
  const facts = ['name', 'clock', 'dueAt', 'code'].flatMap((name) => (typeof detail[name] === 'string' ? [name === 'dueAt' ? `${formatDateTime(new Date(detail[name]))} +07:00` : detail[name]] : []));
  return `${eventNames.get(kind) ?? kind} / ${kind}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

async function play(site: VirtualSite): Promise<void> {
  const { clock, client, pki } = site;
  const trust = readTrustFolder(site.trustFolder);
  const dossier = await demonstrationBooks(readPem({ certificatePem: pki.employer.certificatePem, keyPem: pki.employer.privateKeyPem }), clock.now());
  await save('ho-so.xml', dossier);
  const submission = await client.submit(dossier);
  await save('bien-nhan.xml', submission.receipt);
  if (submission.outcome !== 'accepted') throw new Error(`the dossier was ${submission.outcome}: ${submission.receipt.toString('utf8')}`);
  const receipt = await verifyReceiptFor(submission.receipt, dossier, trust, { fingerprint: site.gatewayFingerprint });
  console.log(`Hồ sơ ${receipt.dossierNumber ?? ''}: 40 sổ, ${dossier.length} byte, hẹn trả ${formatDateTime(receipt.dueAt ?? START)} +07:00  |  forty books, due as promised in the signed receipt\nMọi giờ dưới đây là giờ Việt Nam (+07:00)  |  all times below are Vietnam's\n`);
  const stage: Play = { site, desk: agencyDesk(site), trust, digest: submission.digest };
  const told = { events: 0, actions: 0 };
  await clock.advanceTo(clock.now());
  await tellNews(stage, told);
  while ((await clock.advanceToNext(END)) !== undefined) await tellNews(stage, told);
  await clock.advanceTo(END);
  await tellNews(stage, told);
  await conclude(stage, receipt.dueAt);
}

async function conclude(stage: Play, dueAt: Date | undefined): Promise<void> {
  const { site, desk, digest } = stage;
  const view = await desk.caseOf(digest);
  console.log('');
  hold('Hạn từng phòng đúng lịch làm việc (1 + 19 + 39 + 1 ngày)', 'due dates are those of the calendar', DUE_DAYS.join(' · '), days(view.steps.map((step) => step.dueAt)) === days(DUE_DAYS) && formatDay(dueAt ?? START) === DUE_DAYS.at(-1));
  hold('Mọi phòng xong trong hạn', 'every room was done in time', view.steps.map(({ room }) => room).join(' → '), view.steps.every((step) => step.returnedAt !== null && step.returnedAt <= step.dueAt));
  hold('Bàn giao có người giao và người nhận', 'every hand-over was given and taken', `${view.handOvers.length} lần`, view.handOvers.length === 3 && view.handOvers.every(({ givenBy, takenBy, takenAt }) => givenBy !== takenBy && takenAt !== ''));
  const slips = view.books.filter(({ content }) => content.slip !== null).length;
  hold('Sổ sai, thiếu có Mẫu 02', 'each faulty book has its Mẫu 02', `${slips} phiếu`, slips > 0 && slips === view.documents.filter(({ kind }) => kind === 'M02-320').length);
  hold('Phiếu C02-TS được trả lời trong 2 ngày làm việc', 'every C02-TS was answered within two working days', `${view.tasks.length} phiếu`, view.tasks.length > 0 && view.tasks.every((task) => task.answeredAt !== null && task.answeredAt <= task.dueAt));
  hold('Trả đủ 40 sổ qua bưu điện', 'all forty books went back by post', view.parcel?.tracking ?? '', view.parcel !== null && view.books.length === 40 && view.books.every(({ state }) => state === 'returned'));
  const verified = await verifyEverything(stage, view);
  hold('Mọi văn bản có chữ ký hợp lệ', 'every document verifies', `${verified} văn bản trong ${documents}`, verified === view.documents.length + 4);
  const schemas = createSchemas();
  const audited = await runAudit({ database: site.gateway.database, standards: loadStandards(), schemas }).finally(() => { schemas.dispose(); });
  hold('Kiểm toán lại toàn bộ cơ sở dữ liệu', 'the audit repeats all of it', `${audited.submissions} hồ sơ, ${audited.messages} thông điệp, ${audited.results} kết quả`, audited.results === 1);
}

function days(instants: readonly string[]): string {
  return instants.map((instant) => (instant.includes('/') ? instant : formatDay(new Date(instant)))).join();
}

/** @throws Error when it does not. */
function hold(vi: string, en: string, details: string, holds: boolean): void {
  if (!holds) throw new Error(`${vi} / ${en}: ${details}`);
  console.log(`✔ ${vi}: ${details}\n  ${en}`);
}

/** Gives how many: the agency's papers, the receipt, the slip, what the agency said in it, the result with the agency's answer inside. */
async function verifyEverything({ site, desk, trust, digest }: Play, view: CaseView): Promise<number> {
  const ca = site.pki.root.certificatePem;
  const checkSignature = (bytes: Buffer, at: Date): void => {
    const document = parse(bytes);
    const { local } = document.root;
    trustContent(verifySignature(document, local === MESSAGE_ROOT ? messagePlace : declarationPlace(local)), trust, at);
  };
  for (const { position, kind, madeAt } of view.documents) {
    const bytes = await desk.documentOf(digest, position);
    await save(`${String(position).padStart(2, '0')}-${kind}.xml`, bytes);
    checkSignature(bytes, new Date(madeAt));
  }
  const base = `${site.gateway.url}/v1/dossiers/${digest}`;
  for (const [path, name] of [['notices/1', 'phieu-tiep-nhan.xml'], ['notices/1/agency', 'phieu-tiep-nhan-co-quan.xml']] as const) {
    const bytes = await fetchFrom(`${base}/${path}`, { ca });
    await save(name, bytes);
    checkSignature(bytes, START);
  }
  const result = await fetchFrom(`${base}/result`, { ca });
  await save('ket-qua.xml', result);
  const { agencyAnswer } = await verifyMessage(result, trust, { fingerprint: site.gatewayFingerprint });
  if (agencyAnswer === undefined) throw new Error('the result lacks the agency’s answer');
  return view.documents.length + 4;
}

async function demonstrate(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(documents, { recursive: true });
  const site = await openVirtualSite(folder, START);
  try {
    await play(site);
  } finally {
    await site.stop();
  }
  console.log(`\nXong trong ${((performance.now() - began) / 1000).toFixed(1)} giây. Done.`);
}

process.exitCode = await demonstrate().then(() => 0, (error: unknown) => {
  console.error(`✘ ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
