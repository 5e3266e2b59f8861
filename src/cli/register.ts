// `ivan register`: an employer's use of an I-VAN (forms 04, 05 and 06) from the sender's side: make the form, the unit signs it, the I-VAN signs it and
// sends it, and the agency's signed notice is waited for. Each signs where its key is; the unsigned file stays as it is.
import { X509Certificate } from 'node:crypto';
import { dirname, join } from 'node:path';

import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { ClientError, reasonOf } from '../client/errors.ts';
import { signDossier, signForIvan } from '../client/sign.ts';
import { digestOf } from '../client/verify-message.ts';
import { registrationForms } from '../standard/registration-form.ts';
import type { RegistrationFormCode } from '../standard/registration-form.ts';
import { formatDay, parseDay } from '../standard/time.ts';
import { writeRegistration } from '../standard/write-registration.ts';
import type { RegisteredCertificate } from '../standard/write-registration.ts';
import { withCommonFlags } from './command.ts';
import type { CommonFlags, Perform } from './command.ts';
import { readInput, readText, stemOf, writeNew } from './files.ts';
import { factLine } from './lines.ts';
import { exitCodes } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { addRegistrationCalls } from './registration-calls.ts';
import { identityFrom, withIdentityFlags } from './sign.ts';
import type { IdentityFlags } from './sign.ts';

interface MakingFlags extends CommonFlags {
  readonly form: RegistrationFormCode;
  readonly ivan: string;
  readonly ivanName: string;
  readonly unit: string;
  readonly unitName: string;
  readonly taxCode: string;
  readonly email: string;
  readonly agency: string;
  readonly signatory?: string;
  readonly telephone?: string;
  readonly address?: string;
  readonly filedOn?: string;
  readonly from: string;
  readonly procedures?: string;
  readonly change?: string;
  readonly reason?: string;
  readonly certificate?: readonly string[];
  readonly withdraw?: readonly string[];
  readonly out: string;
}

interface SigningFlags extends CommonFlags, IdentityFlags {
  readonly asIvan?: boolean;
  readonly out?: string;
}

export function addRegister(program: Command, perform: Perform): void {
  const register = program.command('register').description('đăng ký, sửa đổi, ngừng sử dụng dịch vụ I-VAN: lập mẫu 04, 05, 06, ký, gửi, chờ thông báo / register, change or stop the use of an I-VAN: make form 04, 05 or 06, sign, send, wait for the notice');
  addMaking(register, perform);
  withIdentityFlags(withCommonFlags(register.command('sign')))
    .description('đơn vị ký trước; sau đó I-VAN ký với --as-ivan / the unit signs first; then the I-VAN, with --as-ivan')
    .argument('<file>', 'mẫu đã lập / the form')
    .option('--as-ivan', 'ký bằng khóa của I-VAN, sau chữ ký của đơn vị / sign with the I-VAN’s key, after the unit')
    .option('--out <file>', 'nơi ghi mẫu đã ký / where the signed form goes (FILE.signed.xml, FILE.ivan.xml)')
    .action((file: string, flags: SigningFlags) => perform(flags, file, ({ now }) => sign(file, flags, now())));
  addRegistrationCalls(register, perform);
}

function addMaking(register: Command, perform: Perform): void {
  withCommonFlags(register.command('make'))
    .description('lập mẫu chưa ký theo bản hiện hành / make the unsigned form in today’s shape')
    .addOption(new Option('--form <form>', '04-IVAN: đăng ký / register; 05-IVAN: sửa đổi / change; 06-IVAN: ngừng / stop').choices(registrationForms).makeOptionMandatory())
    .requiredOption('--ivan <code>', 'mã I-VAN / I-VAN code')
    .requiredOption('--ivan-name <name>', 'tên I-VAN / name of the I-VAN')
    .requiredOption('--unit <code>', 'mã đơn vị tại cơ quan BHXH / unit code at the agency')
    .requiredOption('--unit-name <name>', 'tên đơn vị / name of the unit')
    .requiredOption('--tax-code <code>', 'mã số thuế / tax code')
    .requiredOption('--email <address>', 'thư điện tử của đơn vị / the unit’s e-mail')
    .requiredOption('--agency <code>', 'mã cơ quan BHXH / agency code')
    .requiredOption('--from <day>', 'từ ngày; mẫu 06: ngày ngừng / from this day on; form 06: the day of the stop, dd/MM/yyyy', dayOf)
    .option('--filed-on <day>', 'ngày lập; mặc định hôm nay / drawn up on; today unless given, dd/MM/yyyy', dayOf)
    .option('--signatory <name>', 'người ký / who signs')
    .option('--telephone <number>', 'điện thoại / telephone')
    .option('--address <text>', 'địa chỉ liên hệ / address')
    .option('--procedures <codes>', 'các thủ tục, cách nhau bằng dấu chấm phẩy / procedures, with semicolons between them, e.g. 600;601')
    .option('--change <text>', 'mẫu 05: nội dung thay đổi / form 05: what changes')
    .option('--reason <text>', 'lý do; bắt buộc với mẫu 06 / reason; form 06 must have one')
    .option('--certificate <pem...>', 'chứng thư số được đưa vào sử dụng / certificates put to use')
    .option('--withdraw <pem...>', 'chứng thư số thôi sử dụng / certificates taken out of use')
    .requiredOption('--out <file>', 'nơi ghi mẫu / where the form goes')
    .action((flags: MakingFlags) => perform(flags, flags.out, ({ now }) => make(flags, now())));
}

async function make(flags: MakingFlags, now: Date): Promise<Outcome> {
  const { form, ivan, ivanName, unit, unitName, taxCode, email, agency, signatory, telephone, address, procedures, change, reason, out } = flags;
  const needed: Partial<Record<RegistrationFormCode, readonly [flag: string, given: string | undefined]>> = { '05-IVAN': ['--change', change], '06-IVAN': ['--reason', reason] };
  const [flag, given] = needed[form] ?? ['', ''];
  if (given === undefined) throw new ClientError('USAGE', form, flag);
  const certificates = [...(await listed(flags.certificate, false)), ...(await listed(flags.withdraw, true))];
  if (form === '04-IVAN' && certificates.length === 0) throw new ClientError('USAGE', form, '--certificate');
  const bytes = writeRegistration({
    form,
    ivan: { code: ivan, name: ivanName },
    unit: { name: unitName, code: unit, taxCode, email, agency, ...known({ signatory, telephone, address }) },
    filedOn: flags.filedOn ?? formatDay(now),
    effectiveOn: flags.from,
    ...known({ procedures, change, reason }),
    certificates,
  });
  await writeNew(out, bytes);
  return { exitCode: exitCodes.done, facts: { form, file: out }, lines: [{ vi: `Đã lập mẫu ${form}: ${out}`, en: `Form ${form} made: ${out}` }] };
}

async function listed(paths: readonly string[] = [], isWithdrawn: boolean): Promise<readonly RegisteredCertificate[]> {
  return Promise.all(paths.map(async (path) => certificateFacts(await readText(path), path, isWithdrawn)));
}

/** As the certificate has it: the form must not claim more. */
function certificateFacts(pem: string, path: string, isWithdrawn: boolean): RegisteredCertificate {
  try {
    const { serialNumber, subject, issuer, validFrom, validTo } = new X509Certificate(pem);
    const line = (name: string): string => name.replaceAll('\n', ', ');
    return { serial: serialNumber, subject: line(subject), issuer: line(issuer), from: formatDay(new Date(validFrom)), until: formatDay(new Date(validTo)), isWithdrawn };
  } catch (error) {
    throw new ClientError('KEY_FILE', path, reasonOf(error), { cause: error });
  }
}

async function sign(file: string, flags: SigningFlags, now: Date): Promise<Outcome> {
  const identity = await identityFrom(flags);
  const bytes = await readInput(file);
  const signed = await (flags.asIvan === true ? signForIvan(bytes, identity, now) : signDossier(bytes, identity, now));
  const path = flags.out ?? join(dirname(file), `${stemOf(file)}.${flags.asIvan === true ? 'ivan' : 'signed'}.xml`);
  await writeNew(path, signed);
  const digest = digestOf(signed);
  const [vi, en] = flags.asIvan === true ? ['I-VAN đã ký', 'Signed by the I-VAN'] : ['Đơn vị đã ký', 'Signed by the unit'];
  return { exitCode: exitCodes.done, facts: { file: path, digest, signedBy: flags.asIvan === true ? 'ivan' : 'unit' }, lines: [{ vi: `${vi}: ${path}`, en: `${en}: ${path}` }, ...factLine('SHA-256', 'SHA-256', digest)] };
}

function dayOf(value: string): string {
  if (!/^\d{2}\/\d{2}\/\d{4}$/.test(value) || parseDay(value) === undefined) throw new InvalidArgumentError('dd/MM/yyyy');
  return value;
}

/** Only what was given. */
function known<Name extends string>(members: Readonly<Record<Name, string | undefined>>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<Record<Name, string>>;
}
