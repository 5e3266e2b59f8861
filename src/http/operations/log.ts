// The calls of the log: read by anybody, cosigned by the witnesses that the operator has named.
import { addCosignatures } from '../log/cosign.ts';
import { checkpointOfSize, consistency, inclusion, keys, newestCheckpoint, statement, tile } from '../log/serve.ts';
import type { Operation, Parameter, Sentence } from './operation.ts';
import { pattern } from './shapes.ts';
import type { JsonSchema } from './shapes.ts';

const text: JsonSchema = { type: 'string', contentMediaType: 'text/plain' };
const plain = { 'text/plain': text };
const octets = { 'application/octet-stream': { type: 'string', contentMediaType: 'application/octet-stream' } };
const headers = ['Cache-Control'];
const count = pattern('^(0|[1-9]\\d{0,14})$');

const size: Parameter = { in: 'query', name: 'size', schema: count, example: '1', vi: 'Kích thước của một điểm kiểm tra đã ký; không có: điểm mới nhất', en: 'The size of a signed checkpoint; without it: the newest' };
const cosigned: Parameter = { in: 'query', name: 'cosigned', schema: pattern('^\\d{1,2}$'), example: '0', vi: 'Điểm kiểm tra mới nhất có ít nhất ngần này chữ ký của bên làm chứng', en: 'The newest checkpoint with at least so many cosignatures of witnesses' };
const index: Parameter = {
  in: 'path', name: 'index', deep: true, schema: pattern('^(x\\d{3}/)*\\d{3}(\\.p/[1-9]\\d{0,2})?$'), example: '000.p/1',
  vi: 'Số của ô, viết theo C2SP tlog-tiles, có thể có dấu / (x001/x234/067); .p/<W> cho ô chưa đầy', en: 'Number of the tile as C2SP tlog-tiles writes it, with slashes where it has several parts (x001/x234/067); .p/<W> for one that is not full',
};
const proofParameters: readonly Parameter[] = [
  { in: 'query', name: 'index', schema: count, example: '0', vi: 'Số thứ tự của mục, từ 0; hoặc digest', en: 'The entry’s index, from 0; or digest' },
  { in: 'query', name: 'digest', schema: pattern('^[0-9a-fA-F]{64}$'), example: '0'.repeat(64), vi: 'SHA-256 của tệp đã gửi; khi đó bằng chứng có muối của mục', en: 'SHA-256 of what was sent; the proof then has the entry’s salt' },
  size,
  cosigned,
];
const consistencyParameters: readonly Parameter[] = [
  { in: 'query', name: 'from', required: true, schema: count, example: '0', vi: 'Kích thước đã biết', en: 'The size that is known' },
  { in: 'query', name: 'to', schema: count, example: '1', vi: 'Kích thước của một điểm kiểm tra đã ký; không có: điểm mới nhất', en: 'The size of a signed checkpoint; without it: the newest' },
];
const cosignatureParameters: readonly Parameter[] = [{ ...size, required: true, vi: 'Kích thước của điểm kiểm tra được đồng ký', en: 'The size of the checkpoint that is cosigned' }];

export const logOperations: readonly Operation[] = [
  {
    ...read('logCheckpoint', '/v1/log/checkpoint', { vi: 'Điểm kiểm tra mới nhất của nhật ký, với mọi chữ ký của bên làm chứng', en: 'The log’s newest checkpoint, with every cosignature known of it' }),
    description: { vi: 'C2SP tlog-checkpoint: tên nhật ký, kích thước, gốc cây (RFC 9162) và chữ ký Ed25519.', en: 'C2SP tlog-checkpoint: the log’s name, its size, the root of its tree (RFC 9162), signed with Ed25519.' },
    parameters: [cosigned], problems: ['QUERY_NAME', 'QUERY_VALUE', 'LOG_SIZE_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => newestCheckpoint(gateway, [cosigned]),
  },
  {
    ...read('logCheckpointOfSize', '/v1/log/checkpoint/{size}', { vi: 'Điểm kiểm tra có kích thước này', en: 'The checkpoint of this size' }),
    parameters: [{ ...size, in: 'path', vi: 'Kích thước của một điểm kiểm tra đã ký', en: 'The size of a signed checkpoint' }], problems: ['QUERY_VALUE', 'LOG_SIZE_UNKNOWN', 'UNAVAILABLE'], handler: checkpointOfSize,
  },
  {
    ...read('logEntries', '/v1/log/tile/entries/{index}', { vi: 'Các mục của một ô (C2SP tlog-tiles)', en: 'The entries of a tile (C2SP tlog-tiles)' }, octets),
    description: { vi: 'Mỗi mục: loại và cam kết có muối; không có dữ liệu của ai.', en: 'Each is a kind and a salted commitment; nothing in it is anybody’s.' },
    parameters: [index], problems: ['LOG_TILE_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => tile(gateway, 'entries'),
  },
  {
    ...read('logTile', '/v1/log/tile/{level}/{index}', { vi: 'Một ô của cây (C2SP tlog-tiles)', en: 'A tile of the tree (C2SP tlog-tiles)' }, octets),
    description: { vi: '256 mã băm; ô đầy không bao giờ đổi.', en: '256 hashes; a full one never changes.' },
    parameters: [{ in: 'path', name: 'level', schema: pattern('^(\\d|[1-5]\\d|6[0-3])$'), example: '0', vi: 'Mức, 0 là lá', en: 'Level, 0 for leaves' }, index], problems: ['LOG_TILE_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => tile(gateway),
  },
  {
    ...read('logKey', '/v1/log/key', { vi: 'Khóa kiểm tra chữ ký của nhật ký, mỗi dòng một khóa, cũ nhất trước', en: 'The keys that verify the log’s signatures, one a line, the oldest first' }),
    parameters: [], problems: ['UNAVAILABLE'], handler: keys,
  },
  {
    ...read('logStatement', '/v1/log/statement', { vi: 'Xác nhận của cổng về nhật ký: khóa, kích thước, gốc cây, điểm kiểm tra', en: 'The gateway’s signed word on its log: keys, size, root, checkpoint' }, { 'application/xml': { type: 'string', contentMediaType: 'application/xml' } }),
    description: { vi: 'Chữ ký XML của chứng thư cổng, kiểm tra như biên nhận; ràng buộc khóa của nhật ký với chứng thư đó.', en: 'An XML signature by the gateway’s certificate, verified as a receipt is; it ties the log’s keys to that certificate.' },
    parameters: [], problems: ['UNAVAILABLE'], handler: statement,
  },
  {
    ...read('logProof', '/v1/log/proof', { vi: 'Bằng chứng một mục nằm trong nhật ký (C2SP tlog-proof)', en: 'Proof that an entry is in the log (C2SP tlog-proof)' }),
    description: { vi: 'Theo số thứ tự, hoặc theo SHA-256 của tệp đã gửi.', en: 'By its index, or by the SHA-256 of what was sent.' },
    parameters: proofParameters, problems: ['QUERY_NAME', 'QUERY_VALUE', 'LOG_SIZE_UNKNOWN', 'LOG_ENTRY_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => inclusion(gateway, proofParameters),
  },
  {
    ...read('logConsistency', '/v1/log/consistency', { vi: 'Bằng chứng cây sau bắt đầu bằng cây trước', en: 'Proof that the later tree begins with the earlier one' }),
    description: { vi: 'Đúng dạng C2SP tlog-witness nhận ở add-checkpoint: "old <từ>", các mã băm, dòng trống, điểm kiểm tra.', en: 'As C2SP tlog-witness takes it at add-checkpoint: "old <from>", the hashes, an empty line, the checkpoint.' },
    parameters: consistencyParameters, problems: ['QUERY_NAME', 'QUERY_VALUE', 'LOG_SIZE_UNKNOWN', 'UNAVAILABLE'], handler: (gateway) => consistency(gateway, consistencyParameters),
  },
  {
    id: 'addCosignatures', method: 'POST', path: '/v1/log/cosignatures', group: 'log', parameters: cosignatureParameters, body: plain, handler: (gateway) => addCosignatures(gateway, cosignatureParameters),
    summary: { vi: 'Nộp chữ ký của bên làm chứng cho một điểm kiểm tra', en: 'Hand in cosignatures of a checkpoint' },
    description: { vi: 'Các dòng C2SP tlog-cosignature của bên làm chứng mà người vận hành đã ghi. Gửi lại không hại gì.', en: 'Lines of C2SP tlog-cosignature by witnesses that the operator has named. Sending them again does no harm.' },
    answers: [{ status: 200, vi: 'Điểm kiểm tra với mọi chữ ký', en: 'The checkpoint with every signature', media: plain, headers }],
    problems: ['QUERY_NAME', 'QUERY_VALUE', 'BODY_EMPTY', 'BODY_COMPRESSION', 'BODY_INCOMPLETE', 'BODY_TIMEOUT', 'BODY_TOO_LARGE', 'MEDIA_TYPE', 'CONTENT_ENCODING', 'COSIGNATURE_MALFORMED', 'COSIGNATURE_WRONG', 'WITNESS_UNKNOWN', 'LOG_SIZE_UNKNOWN', 'UNAVAILABLE'],
  },
];

function read(id: string, path: string, summary: Sentence, media: Readonly<Record<string, JsonSchema>> = plain): Pick<Operation, 'id' | 'method' | 'path' | 'group' | 'summary' | 'answers'> {
  return { id, method: 'GET', path, group: 'log', summary, answers: [{ status: 200, ...summary, media, headers }] };
}
