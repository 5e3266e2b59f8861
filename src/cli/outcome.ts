// What a command ends with: an exit code from a closed list, facts for programs (--json) and lines for people. Commands return one and never
// print; whatever they throw becomes one here, with what to do now and without a stack.
import { ClientError, GatewayProblem, reasonOf } from '../client/errors.ts';
import type { ClientErrorCode, Explanation } from '../client/errors.ts';
import { Refusal, Unavailable } from '../errors/outcomes.ts';
import { publishedFinding } from '../errors/published.ts';
import { findingLines } from './findings.ts';
import { actionLine } from './lines.ts';
import type { Line } from './lines.ts';

export const exitCodes = {
  done: 0,
  refused: 1,
  indeterminate: 2,
  usage: 3,
  unreachable: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = `
Mã thoát / Exit codes:
  0  xong, được tiếp nhận, chữ ký đúng / done, accepted, verified
  1  bị từ chối, hoặc chữ ký không đúng / refused, or verification failed
  2  chưa kết luận được, hoặc chưa biết / indeterminate, or not known yet
  3  sai tham số hoặc tệp / wrong arguments or files
  4  không kết nối được cổng, hoặc cổng tạm ngừng: gửi lại chính tệp đó sau / gateway unreachable, or not now: send the same file again later`;

export interface Outcome {
  readonly exitCode: ExitCode;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly lines: readonly Line[];
  /** What is printed instead of the lines: a report in a form of its own. */
  readonly text?: string;
}

const { refused, indeterminate, usage, unreachable } = exitCodes;
const exitCodeOf: Readonly<Record<ClientErrorCode, ExitCode>> = {
  URL: usage,
  FILE: usage,
  FILE_ABSENT: usage,
  FILE_IS_FOLDER: usage,
  FILE_FORBIDDEN: usage,
  FILE_TOO_LARGE: usage,
  DOCUMENT_UNKNOWN: usage,
  TRUST: usage,
  USAGE: usage,
  KEY_FILE: usage,
  FORM_UNKNOWN: usage,
  ALREADY_SIGNED: usage,
  UNIT_UNSIGNED: usage,
  UNREACHABLE: unreachable,
  TLS_UNTRUSTED: unreachable,
  ANSWER_UNEXPECTED: unreachable,
  STOPPED: indeterminate,
  ENGINES_DISAGREE: refused,
  SIGNER_UNSHOWN: indeterminate,
  SIGNER_UNEXPECTED: refused,
  OTHER_DOSSIER: refused,
  ANSWER_DIFFERS: refused,
  LOG_UNSIGNED: refused,
  LOG_DIVERGED: refused,
  STATE_HELD: usage,
  WEBHOOK_UNTRUSTED: refused,
};

/** One after the other; the second says how it ended. */
export function joined(first: Outcome, second: Outcome): Outcome {
  return { exitCode: second.exitCode, facts: { ...first.facts, ...second.facts }, lines: [...first.lines, ...second.lines] };
}

/** A failed verification before one that could not be decided, and that before wrong arguments. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [exitCodes.refused, exitCodes.indeterminate, exitCodes.usage];
  return order.find((code) => codes.includes(code)) ?? exitCodes.done;
}

/** `place` is what the command was working on when it failed. */
export function failureOf(error: unknown, place: string): Outcome {
  if (error instanceof ClientError) return explained(exitCodeOf[error.code], error, {});
  if (error instanceof GatewayProblem) return explained(problemExit(error), error, { status: error.status, requestId: error.requestId, retryAfter: error.retryAfter });
  if (error instanceof Refusal) {
    const findings = error.findings.map(publishedFinding);
    return { exitCode: refused, facts: { findings }, lines: [{ vi: `${place}: không hợp lệ`, en: `${place}: not valid` }, ...findings.flatMap(findingLines)] };
  }
  if (error instanceof Unavailable) return explained(indeterminate, undetermined(place, error.message), {});
  return explained(indeterminate, unforeseen(place, reasonOf(error)), {});
}

function problemExit({ status }: GatewayProblem): ExitCode {
  return status === 429 || status === 408 || status >= 500 ? unreachable : refused;
}

function explained(exitCode: ExitCode, { code, place, vi, en, actionVi, actionEn }: Explanation, more: object): Outcome {
  return { exitCode, facts: { error: { code, place, vi, en, actionVi, actionEn, ...more } }, lines: [{ vi: `${place}: ${vi}`, en: `${place}: ${en}` }, actionLine(actionVi, actionEn)] };
}

function undetermined(place: string, reason: string): Explanation {
  return {
    code: 'UNAVAILABLE',
    place,
    vi: `Chưa thể kết luận (${reason}).`,
    en: `Cannot be decided yet (${reason}).`,
    actionVi: 'Bổ sung danh sách thu hồi (CRL) còn hiệu lực rồi kiểm tra lại.',
    actionEn: 'Add a revocation list (CRL) that is in force and verify again.',
  };
}

function unforeseen(place: string, reason: string): Explanation {
  return {
    code: 'UNFORESEEN',
    place,
    vi: `Lỗi ngoài dự kiến (${reason}).`,
    en: `An unforeseen error (${reason}).`,
    actionVi: 'Báo cho người bảo trì kèm câu lệnh đã chạy.',
    actionEn: 'Report it to the maintainers with the command that was run.',
  };
}
