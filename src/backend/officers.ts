// Who works where at this agency: made-up people, the same for the same case and room, so that its history reads like one. Rooms are those
// of the code list `processRoom` (3142/TB-BHXH); whoever hands over is never who takes.
import { seededOf } from './seeded.ts';

export const rooms = ['TNHS', 'THU', 'SO_THE', 'CHE_DO'] as const;
export type Room = (typeof rooms)[number];

const staff: Readonly<Record<Room, readonly [string, ...string[]]>> = {
  TNHS: ['Phạm Thị Năm', 'Vũ Thị Hạnh Mẫu', 'Hoàng Văn Tiếp'],
  THU: ['Trần Minh Khôi', 'Nguyễn Thị Thu Mẫu', 'Lý Văn Đối'],
  SO_THE: ['Đỗ Văn Sáu', 'Bùi Thị Sổ', 'Đặng Văn Thẻ'],
  CHE_DO: ['Ngô Thị Chế', 'Phan Văn Độ'],
};

const names: Readonly<Record<Room, string>> = {
  TNHS: 'Bộ phận Tiếp nhận và Trả kết quả',
  THU: 'Phòng (Tổ) Quản lý thu',
  SO_THE: 'Phòng (Tổ) Cấp sổ, thẻ',
  CHE_DO: 'Phòng (Tổ) Chế độ BHXH',
};

/** Phòng, ban, in Vietnamese. */
export function roomName(room: Room): string {
  return names[room];
}

export function officerOf(room: Room, digest: string): string {
  return seededOf(staff[room], room, digest);
}
