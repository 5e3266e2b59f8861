// The calls of the published standard: everything that the gateway judges by, as data in JSON and XML.
import type { CollectionName } from '../../standard/publication/publication.ts';
import { dueDate, publishedCollection, publishedSchema } from '../published/resources.ts';
import type { Operation, Parameter, Sentence } from './operation.ts';
import { day, pattern, ref, xmlDocument } from './shapes.ts';

const headers = ['ETag', 'Vary', 'Cache-Control', 'Ivan-Rule-Set'];
const unchanged = { status: 304, vi: 'Không đổi', en: 'Not changed', media: {}, headers };
const at: Parameter = { in: 'query', name: 'at', schema: day, example: '2026-11-23', vi: 'Chỉ những gì có hiệu lực trong ngày này', en: 'Only what is in force on this day' };
const province: Parameter = { in: 'query', name: 'province', schema: pattern('^\\d{2}$'), example: '01', vi: 'Mã tỉnh, thành phố hiện hành', en: 'Code of a province of today' };
const form: Parameter = { in: 'path', name: 'form', schema: pattern('^.+$'), example: 'D02-TS', vi: 'Mã biểu mẫu', en: 'Code of the form' };
const version: Parameter = { in: 'path', name: 'version', schema: pattern('^\\d+$'), example: '1', vi: 'Phiên bản', en: 'Version' };

const dueDateParameters: readonly Parameter[] = [
  { in: 'query', name: 'from', required: true, schema: pattern('^(199[5-9]|20\\d\\d)-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?\\+07:00)?$'), example: '2026-11-23T09:30:41+07:00', vi: 'Thời điểm hoặc ngày tiếp nhận (ngày 0)', en: 'Instant or day of reception (day 0)' },
  { in: 'query', name: 'workingDays', required: true, schema: pattern('^\\d{1,4}$'), example: '5', vi: 'Số ngày làm việc, 0 đến 1000', en: 'Working days, 0 to 1000' },
  { in: 'query', name: 'keepTimeOfDay', flag: true, schema: pattern('^(true|false)?$'), example: '', vi: 'Giữ giờ tiếp nhận; không có thì đến hết ngày', en: 'Keep the time of day; without it, the end of the day' },
];

export const standardOperations: readonly Operation[] = [
  ...collection('procedures', 'Procedures', { vi: 'Mọi thủ tục: biểu mẫu, thời hạn, căn cứ', en: 'Every procedure: its forms, time limit, basis' }, [at]),
  ...entry('procedures', 'procedure', 'ProcedureAnswer', { vi: 'Một thủ tục', en: 'One procedure' }, '600', [at]),
  ...collection('services', 'Services', { vi: 'Dịch vụ công trực tuyến theo mã quốc gia, và thủ tục tương ứng', en: 'The services of the national portal by their codes, and the procedures that they are' }, [at]),
  ...entry('services', 'service', 'ServiceAnswer', { vi: 'Một dịch vụ công trực tuyến', en: 'One service of the national portal' }, '1.002051.01', [at]),
  ...collection('forms', 'Forms', { vi: 'Mọi biểu mẫu và phiên bản', en: 'Every form and its versions' }, [at]),
  ...entry('forms', 'form', 'FormAnswer', { vi: 'Một biểu mẫu với từng phần tử', en: 'One form with each of its elements' }, 'D02-TS', [at]),
  ...collection('schemas', 'Schemas', { vi: 'Danh mục lược đồ XSD', en: 'The index of the XSD files' }, [at]),
  file('schemaFile', '', 'xsd', { vi: 'Lược đồ XSD của một phiên bản biểu mẫu', en: 'The XSD of one version of a form' }),
  file('schemaSample', '/sample', 'sample', { vi: 'Ví dụ hợp lệ của biểu mẫu, chưa ký', en: 'A valid sample of the form, unsigned' }),
  ...collection('rules', 'Rules', { vi: 'Mọi điều được kiểm tra; mức tự thân, mức theo bộ quy tắc trong ngày, và mức theo từng bộ khác đi', en: 'Everything that is checked: how it weighs by itself, under the rule set of the day, and under each set that says otherwise' }, [at]),
  ...entry('rules', 'rule', 'RuleAnswer', { vi: 'Một quy tắc, theo mã hoặc theo mã lỗi trong văn bản', en: 'One rule, by its code or by its wire code' }, 'PERIOD_INVALID', [at]),
  ...collection('errors', 'Errors', { vi: 'Mọi mã lỗi, vấn đề và lý do', en: 'Every finding, problem and reason' }, []),
  ...collection('agencies', 'Agencies', { vi: 'Cơ quan BHXH', en: 'The agencies' }, [province, at]),
  ...collection('provinces', 'Provinces', { vi: '34 tỉnh, thành phố và 63 đơn vị trước 01/7/2025', en: 'The 34 provinces, and the 63 before 2025-07-01' }, [at]),
  ...collection('ivans', 'Ivans', { vi: 'Các tổ chức I-VAN', en: 'The I-VANs' }, [at]),
  ...collection('calendar', 'Calendar', { vi: 'Lịch làm việc: ngày nghỉ, thứ Bảy làm bù', en: 'The calendar: days off, Saturdays worked in exchange' }, []),
  {
    ...published('dueDate', '/v1/calendar/due-date', { vi: 'Hết thời hạn tính theo ngày làm việc', en: 'When a time limit in working days ends' }, 'DueDate'),
    parameters: dueDateParameters,
    problems: ['QUERY_NAME', 'QUERY_VALUE', 'NOT_ACCEPTABLE'],
    handler: dueDate(dueDateParameters),
  },
  ...entry('calendar', 'calendarYear', 'CalendarYearAnswer', { vi: 'Lịch của một năm', en: 'The calendar of one year' }, '2026', []),
  ...collection('code-lists', 'CodeLists', { vi: 'Mọi danh mục mã', en: 'Every code list' }, [at]),
  ...entry('code-lists', 'codeList', 'CodeListAnswer', { vi: 'Một danh mục mã', en: 'One code list' }, 'labourChange', [at]),
  ...collection('rule-sets', 'RuleSets', { vi: 'Bộ quy tắc theo thời gian', en: 'The rule sets by date' }, [at]),
  ...collection('instruments', 'Instruments', { vi: 'Văn bản làm căn cứ', en: 'The legal instruments' }, [at]),
];

function published(id: string, path: string, summary: Sentence, shape: string): Omit<Operation, 'handler' | 'parameters' | 'problems'> {
  const media = { 'application/json': ref(shape), 'application/xml': ref(shape) };
  return { id, method: 'GET', path, group: 'standard', summary, answers: [{ status: 200, ...summary, media, headers }, unchanged] };
}

function collection(name: CollectionName, shape: string, summary: Sentence, parameters: readonly Parameter[]): Operation[] {
  const id = name.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
  const problems = parameters.length === 0 ? (['QUERY_NAME', 'NOT_ACCEPTABLE'] as const) : (['QUERY_NAME', 'QUERY_VALUE', 'NOT_ACCEPTABLE'] as const);
  return [{ ...published(id, `/v1/${name}`, summary, shape), parameters, problems, handler: publishedCollection(name, parameters) }];
}

function entry(name: CollectionName, id: string, shape: string, summary: Sentence, example: string, more: readonly Parameter[]): Operation[] {
  const parameters: readonly Parameter[] = [{ in: 'path', name: 'code', schema: pattern('^.+$'), example, vi: 'Mã', en: 'Code' }, ...more];
  const problems = [...(more.length === 0 ? [] : (['QUERY_VALUE'] as const)), 'QUERY_NAME', 'NOT_ACCEPTABLE', 'ENTRY_UNKNOWN'] as const;
  return [{ ...published(id, `/v1/${name}/{code}`, summary, shape), parameters, problems, handler: publishedCollection(name, parameters) }];
}

function file(id: string, suffix: string, part: 'xsd' | 'sample', summary: Sentence): Operation {
  const parameters = [form, version];
  return {
    id, method: 'GET', path: `/v1/schemas/{form}/{version}${suffix}`, group: 'standard', summary, parameters,
    answers: [{ status: 200, ...summary, media: { 'application/xml': xmlDocument }, headers }, unchanged],
    problems: ['QUERY_NAME', 'NOT_ACCEPTABLE', 'ENTRY_UNKNOWN'],
    handler: publishedSchema(part, parameters),
  };
}
