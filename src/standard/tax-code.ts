// Whose certificate may sign for whom. A tax code is ten digits, a branch's has -NNN behind (Luật Quản lý thuế; wire-format §3.3).

/** Ten digits with an optional three-digit branch; the field also writes the branch without the dash. */
function split(code: string): { readonly base: string; readonly branch: string } {
  const parts = /^(\d{10})-?(\d{3})$/.exec(code.trim());
  return parts === null ? { base: code.trim(), branch: '' } : { base: parts[1] ?? '', branch: parts[2] ?? '' };
}

/** A head office may sign for itself and its branches; a branch only for itself. */
export function maySignFor(certificateCode: string, unitCode: string): boolean {
  const certificate = split(certificateCode);
  const unit = split(unitCode);
  return certificate.base === unit.base && (certificate.branch === '' || certificate.branch === unit.branch);
}

/** One spelling for one code, to compare by. */
export function plainTaxCode(code: string): string {
  return code.trim().replaceAll('-', '');
}
