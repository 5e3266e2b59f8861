// What is wrong with an evidence container, before anything in it is judged (GW121–129).
import { refused } from './text.ts';
import type { FindingText } from './text.ts';

const ASIC = 'ETSI EN 319 162-1 (ASiC-E)';
const FETCH_AGAIN: readonly [string, string] = [
  'Tải lại container từ cổng (GET /v1/dossiers/…/evidence) và giữ nguyên tệp đã tải.',
  'Fetch the container from the gateway again (GET /v1/dossiers/…/evidence) and leave the file as it came.',
];

export const containerFindings = {
  CONTAINER_FORMAT: refused(['GW121', 'Không phải container chứng cứ ASiC-E: {reason}.', 'Not an ASiC-E evidence container: {reason}.', ...FETCH_AGAIN, ASIC]),
  CONTAINER_ENTRY: refused(['GW122', 'Tệp {name} trong container không được chấp nhận: {reason}.', 'File {name} of the container cannot be taken: {reason}.', ...FETCH_AGAIN, ASIC]),
  CONTAINER_LIMIT: refused(['GW123', 'Container vượt giới hạn: {limit} tối đa {maximum}.', 'The container exceeds a limit: {limit} at most {maximum}.', ...FETCH_AGAIN, ASIC]),
  CONTAINER_FILE_MISSING: refused(['GW124', 'Container thiếu tệp {name}.', 'The container lacks the file {name}.', ...FETCH_AGAIN, ASIC]),
  CONTAINER_FILE_CHANGED: refused(['GW125', 'Tệp {name} trong container đã bị thay đổi sau khi ký.', 'File {name} of the container was changed after signing.', ...FETCH_AGAIN, ASIC]),
  CONTAINER_FILE_UNSIGNED: refused(['GW126', 'Tệp {name} trong container không được chữ ký nào bao phủ.', 'No signature covers the file {name} of the container.', ...FETCH_AGAIN, ASIC]),
} satisfies Record<string, FindingText>;
