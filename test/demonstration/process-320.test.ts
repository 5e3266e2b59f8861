// Guarantee: `npm run demo:320` tells the story of a process-320 dossier of forty books through gateway and agency, holds it against the calendar,
// verifies every document, and ends with 0.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { verifyNotice } from '../../src/client/index.ts';
import { packageFile } from '../../src/paths.ts';
import { readTrustFolder } from '../../src/trust-folder.ts';

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

async function run(folder: string): Promise<Ended> {
  const program = spawn(process.execPath, [packageFile('dist/src/demonstration/main-320.js'), folder]);
  const said: Buffer[] = [];
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const limit = setTimeout(() => program.kill('SIGTERM'), 240_000);
  const code = await new Promise<number | null>((resolve) => program.once('close', resolve));
  clearTimeout(limit);
  return { code, said: Buffer.concat(said).toString('utf8') };
}

it('runs its sixty working days, and everything holds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ivan-demo-320-'));
  try {
    const { code, said } = await run(folder);
    expect([code, said]).toEqual([0, expect.stringMatching(/✔ Hạn từng phòng đúng lịch làm việc .*: 04\/01\/2017 · 07\/02\/2017 · 03\/04\/2017 · 04\/04\/2017/)]);
    expect(said.match(/^✔/gm)).toHaveLength(8);
    expect(said).not.toContain('✘');
    for (const told of ['phiếu tiếp nhận, hẹn trả / slip', 'deadline-near (result, 04/04/2017 09:30:00 +07:00)', 'Lập 11 phiếu Mẫu 02', 'C02-0005/2017', 'Bàn giao cho Phòng (Tổ) Cấp sổ, thẻ', 'bưu gửi RR000000014VN']) expect(said).toContain(told);
    const trust = readTrustFolder(join(folder, 'pki', 'trust'));
    for (const [file, form] of [['phieu-tiep-nhan.xml', 'TNHT'], ['phieu-tiep-nhan-co-quan.xml', 'TIEPNHAN_XULY']] as const) {
      const bytes = await readFile(join(folder, 'documents', file));
      expect(await verifyNotice(bytes, trust, new Date(), { anySigner: true })).toMatchObject({ form, at: new Date('2017-01-03T09:30:00+07:00'), dossierNumber: '00001/2017/00101' });
      const altered = Buffer.from(bytes.toString('utf8').replace('00001/2017/00101', '00002/2017/00101'));
      await expect(verifyNotice(altered, trust, new Date(), { anySigner: true })).rejects.toThrow('HASH_FAILURE');
    }
    expect((await readdir(join(folder, 'documents'))).filter((name) => name.endsWith('.xml')).length).toBeGreaterThan(30);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);
