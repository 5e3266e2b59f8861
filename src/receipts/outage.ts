// What the gateway signs about an outage (NĐ 164/2025/NĐ-CP Điều 11(1), 12(7); schema XNSC): that it began, that it ended, a correction, each for everybody;
// and the certificate for a dossier or a unit whose deadline fell into it, with the deadline as moved. Pure: the same facts give the same octets.
import { formatDateTime, formatDay, formatInstant, formatIsoDay } from '../standard/time.ts';
import { documentXml } from './markup.ts';
import type { Markup } from './markup.ts';
import { signatureSummary } from './receipt.ts';
import type { Issuer } from './receipt.ts';

export interface OutageFacts {
  readonly reference: string;
  readonly scope: 'gateway' | 'portal' | 'ca' | 'network' | 'ivan';
  readonly agencyPrefix: string;
  readonly ivanCode: string | null;
  readonly causeVi: string;
  readonly causeEn: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface StatementFacts extends OutageFacts {
  readonly kind: 'began' | 'ended' | 'corrected';
  readonly reason: string | null;
  readonly issuedAt: Date;
}

export interface CertificateFacts extends OutageFacts {
  readonly unitName: string;
  readonly unitCode: string;
  readonly taxCode: string;
  readonly agency: string;
  /** Of the dossier; undefined for a unit that could not file. */
  readonly dossier: { readonly digest: string; readonly number: string } | undefined;
  readonly procedure: string;
  readonly period: string;
  readonly isCollection: boolean;
  readonly deadline: Date;
  readonly extendedUntil: Date;
  readonly workingDays: number;
  readonly basis: string;
  readonly issuedAt: Date;
}

const documents = { began: 'BAT_DAU', ended: 'KET_THUC', corrected: 'DINH_CHINH' } as const;
const scopes = { gateway: 'CONG', portal: 'CONG_TTDT', ca: 'CA', network: 'MANG', ivan: 'IVAN' } as const;

export function outageStatementXml(facts: StatementFacts, issuer: Issuer): Buffer {
  const { kind, reason, issuedAt } = facts;
  return documentXml('BHXH', {
    XACNHAN_GDICH: noticeBranch({ unitName: '', unitCode: '', taxCode: '', agency: '' }, issuedAt, issuer),
    SU_CO: { ...outageBranch(documents[kind], facts, issuedAt, issuer), LYDO: reason ?? undefined, GUI_LAI: 'CO' },
  });
}

export function outageCertificateXml(facts: CertificateFacts, issuer: Issuer): Buffer {
  const { dossier, procedure, period, deadline, extendedUntil, workingDays, basis, isCollection, issuedAt } = facts;
  return documentXml('BHXH', {
    XACNHAN_GDICH: noticeBranch(facts, issuedAt, issuer),
    SU_CO: {
      ...outageBranch('CHUNG_NHAN', facts, issuedAt, issuer),
      HOSO: { SHA256: dossier?.digest, SO_HSO: dossier?.number, THUTUC: procedure, KY: period, HAN_GOC: formatInstant(deadline), HAN_MOI: formatInstant(extendedUntil), CANCU: basis },
      GIAHAN: { NHOM: isCollection ? 'THU' : 'KHAC', HAN_GOC: formatDay(deadline), SO_NGAY: workingDays, HAN_MOI: formatDay(extendedUntil) },
      GUI_LAI: dossier === undefined ? 'CO' : 'KHONG',
    },
  });
}

function noticeBranch({ unitName, unitCode, taxCode, agency }: Pick<CertificateFacts, 'unitName' | 'unitCode' | 'taxCode' | 'agency'>, at: Date, issuer: Issuer): Markup {
  return {
    TTDVI: { DIADIEM: issuer.placeName, NGAY_THONGBAO: formatIsoDay(at), TEN_DVI: unitName, MA_DVI: unitCode, MST: taxCode, TEN_COQUAN: agency },
    TTGDICH: { NGAY_GDICH: formatDateTime(at), DTHOAI_HTRO: issuer.supportTelephone },
    TTCKY_BHXH: signatureSummary(at, issuer),
  };
}

function outageBranch(document: string, facts: OutageFacts, at: Date, issuer: Issuer): Markup {
  return {
    PHIENBAN: 1,
    CONG: issuer.name,
    VANBAN: document,
    LAP_LUC: formatInstant(at),
    MA_SUCO: facts.reference,
    LOAI: 'SU_CO',
    PHAMVI: scopes[facts.scope],
    CO_QUAN: facts.agencyPrefix,
    MA_IVAN: facts.ivanCode ?? undefined,
    BATDAU: formatInstant(facts.startedAt),
    KETTHUC: facts.endedAt === null ? undefined : formatInstant(facts.endedAt),
    MOTA: facts.causeVi,
    MOTA_EN: facts.causeEn,
  };
}
