// A labour list (D02-TS) as heavy as asked, all of it markup: rows with the 44 fields, in the order, of the 2023 desktop client
// (wire-format §2.1). All people are made up.

const instances = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';
const names = ['Nguyễn Thị Thử', 'Trần Văn Nghiệm', 'Lê Thị Mẫu', 'Phạm Đức Thí', 'Hoàng Ngọc Dụ'];

export function labourList(octets: number): string {
  const head = `<?xml version="1.0" encoding="utf-8"?><D02-TS ${instances}><ThongTinKhac><SoToBiaSoBHXH>0</SoToBiaSoBHXH><SoToRoiSoBHXH /><SoTheBHYT /></ThongTinKhac><NoiDung>`;
  const tail = '</NoiDung><Cky /></D02-TS>';
  const rows: string[] = [];
  for (let left = octets - head.length - tail.length; left > 0;) {
    const row = rowOf(rows.length);
    left -= Buffer.byteLength(row);
    rows.push(row);
  }
  return `${head}${rows.join('')}${tail}`;
}

function rowOf(index: number): string {
  const number = String(1_234_567_000 + index);
  const fields: readonly (readonly [name: string, value: string])[] = [
    ['STT', String(index + 1)], ['HoTen', names[index % names.length] ?? ''], ['MasoBHXH', number], ['ChucVu', 'Nhân viên kế toán'], ['NoiLamViec', 'Hà Nội'],
    ['TienLuong', String(5_808_000 + index)], ['PhuCapCV', ''], ['PhuCapTNVK', ''], ['PhuCapTNNghe', ''], ['PhuCapLuong', '0'], ['PhuCapBosung', ''],
    ['TuThang', '11/2026'], ['DenThang', ''], ['Ghichu', index % 3 === 0 ? 'Hợp đồng số 12 & phụ lục'.replace('&', '&amp;') : ''], ['PA', 'TM'], ['TyleDong', '32.0'], ['TinhLai', '0'],
    ['DaCoSo', '1'], ['MucHuong', ''], ['MaPhongBan', ''], ['MavungSS', ''], ['MavungLTT', '01'], ['ID', number], ['Loai', '1'], ['CoGiamChet', '0'],
    ['NgayChet', ''], ['NgaySinh', '02/02/1990'], ['GioiTinh', String(index % 2)], ['CMND', `001${1 - (index % 2)}90${number.slice(4)}`],
    ['Vtvl_nql_tungay', ''], ['Vtvl_nql_denngay', ''], ['Vtvl_cmktbc_tungay', '01/01/2024'], ['Vtvl_cmktbc_denngay', ''], ['Vtvl_cmktbt_tungay', ''],
    ['Vtvl_cmktbt_denngay', ''], ['Vtvl_khac_tungay', ''], ['Vtvl_khac_denngay', ''], ['Nndh_tungay', ''], ['Nndh_denngay', ''],
    ['Hdld_tungay', '01/01/2024'], ['Hdld_xdth_tungay', ''], ['Hdld_xdth_denngay', ''], ['Hdld_khac_tungay', ''], ['Hdld_khac_denngay', ''],
  ];
  return `<LaoDong>${fields.map(([name, value]) => (value === '' ? `<${name} />` : `<${name}>${value}</${name}>`)).join('')}</LaoDong>`;
}
