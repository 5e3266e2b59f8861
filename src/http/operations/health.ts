// Whether the gateway lives, and whether it could record a dossier now.
import { live, ready } from '../health.ts';
import type { Operation } from './operation.ts';
import { ref } from './shapes.ts';

export const healthOperations: readonly Operation[] = [
  {
    id: 'live', method: 'GET', path: '/health/live', group: 'health', parameters: [], problems: [],
    summary: { vi: 'Tiến trình đang chạy', en: 'The process runs' },
    answers: [{ status: 200, vi: 'Đang chạy', en: 'It runs', media: { 'application/json': ref('Live') } }],
    handler: () => live,
  },
  {
    id: 'ready', method: 'GET', path: '/health/ready', group: 'health', parameters: [], problems: ['UNAVAILABLE'],
    summary: { vi: 'Có thể ghi nhận hồ sơ ngay bây giờ', en: 'A dossier could be recorded now' },
    answers: [
      { status: 200, vi: 'Sẵn sàng', en: 'Ready', media: { 'application/json': ref('Ready') } },
      { status: 503, vi: 'Quá nhiều hồ sơ chờ chuyển, hoặc nhật ký quá lâu không được đóng dấu thời gian', en: 'Too many dossiers wait for delivery, or the log has been without a time stamp for too long', media: { 'application/json': ref('Ready') } },
    ],
    handler: ready,
  },
];
