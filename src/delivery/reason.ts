// What a stranger said went wrong, as a text that can be recorded: without control characters, of which PostgreSQL takes no NUL, and short. A failure
// that could not be recorded would be tried again for ever, and never be a dead letter.
const MOST = 500;

export function reasonOf(error: unknown): string {
  return reasonText(error instanceof Error ? error.message : String(error));
}

export function reasonText(text: string): string {
  return text.slice(0, 2 * MOST).replace(/[\s\p{Cc}]+/gu, ' ').slice(0, MOST).toWellFormed();
}
