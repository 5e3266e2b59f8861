// `ivan log follow`: a monitor that proves from checkpoint to checkpoint that the log of a gateway only grows, and signs nothing.
import type { Command } from 'commander';

import type { Perform } from './command.ts';
import { kept, watch, withWatchFlags } from './log-watch.ts';
import type { Take, WatchFlags } from './log-watch.ts';

export function addLog(program: Command, perform: Perform): void {
  const log = program.command('log').description('nhật ký bằng chứng của cổng / the evidence log of a gateway');
  withWatchFlags(log.command('follow'))
    .description('theo dõi: mỗi điểm kiểm tra mới phải nối tiếp điểm đã thấy / monitor: every new checkpoint must go on from the last one seen; a fork or a shrinking log ends it with 1')
    .action((flags: WatchFlags) => perform(flags, flags.url, (terminal) => watch(flags, terminal, follow)));
}

const follow: Take = async ({ moved, newest, state }) => {
  if (moved !== 'same') await state.write(kept(newest));
  return { facts: {}, lines: [] };
};
