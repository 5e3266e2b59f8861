#!/usr/bin/env node
// `npm run shadow`: what the rule set that judges in shadow (GATEWAY_SHADOW_RULE_SET) would have said of the traffic, per rule and I-VAN, from
// the gateway's database (the one GATEWAY_DATABASE_URL names, or the development site's). Exit codes: 0 done, 3 usage, 4 database unreachable.
import { currentEnvironment } from '../config.ts';
import { findingTexts } from '../errors/findings.ts';
import type { FindingText } from '../errors/findings/text.ts';
import { formatIsoDay } from '../standard/time.ts';
import { shadowReport } from '../store/shadow.ts';
import { dayOf, operatorCommand, reportFailure, withGatewayDatabase } from './operator.ts';

interface Options {
  readonly since: Date;
  readonly json?: boolean;
}

const A_MONTH_MS = 30 * 86_400_000;
const texts: ReadonlyMap<string, FindingText> = new Map(Object.entries(findingTexts));
const names = {
  judged: 'đã xét / judged',
  passed_over: 'bỏ qua / passed over',
  would_refuse: 'sẽ bị từ chối / would be refused',
  would_accept: 'sẽ được tiếp nhận / would be accepted',
} as const;

const program = operatorCommand('shadow', 'Bộ quy tắc chạy thử sẽ nói gì về hồ sơ thật. What the rule set in shadow would have said of real dossiers.', (code) => process.exit(code))
  .option('--since <day>', 'từ ngày / from this day on, yyyy-MM-dd (+07:00), 30 ngày gần đây / the last 30 days', dayOf, new Date(Date.now() - A_MONTH_MS))
  .option('--json', 'JSON');

async function report({ since, json = false }: Options): Promise<void> {
  const rows = await withGatewayDatabase(currentEnvironment(), ({ query }) => shadowReport(query, formatIsoDay(since)));
  if (json) {
    console.log(JSON.stringify(rows));
    return;
  }
  if (rows.length === 0) console.log('Chưa có số liệu: đặt GATEWAY_SHADOW_RULE_SET rồi khởi động lại cổng. / Nothing counted yet: set GATEWAY_SHADOW_RULE_SET and restart the gateway.');
  for (const { ruleSet, digest, sender, kind, code, count, example } of rows) {
    const { vi = '', en = '' } = texts.get(code) ?? {};
    const what = kind === 'rule' ? `${code}: ${vi} / ${en}` : names[kind];
    console.log([ruleSet, digest.slice(0, 12), sender, count, what, kind === 'judged' ? '' : `(${example.slice(0, 12)}…)`].join('\t').trimEnd());
  }
}

await report(program.parse().opts<Options>()).catch((error: unknown) => { process.exitCode = reportFailure(error); });
