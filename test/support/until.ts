// Waiting for what another process or loop does: asks again until it holds, with a limit that fails the test. Limits are of standing still: a machine that
// is slow asks slowly too, and is not failed for that.

const ASK_AGAIN_MS = 50;
const STANDSTILL_MS = 90_000;

/** Fails when the time is over and it was asked as often as a machine that is not busy asks in that time. */
export async function until<Value>(what: string, ask: () => Promise<Value | undefined | false>, limitMs = 60_000): Promise<Value> {
  const end = Date.now() + limitMs;
  for (let asked = 1; ; asked += 1) {
    const value = await ask();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end && asked >= limitMs / (2 * ASK_AGAIN_MS)) throw new Error(`not within ${limitMs} ms, asked ${asked} times: ${what}`);
    await rest();
  }
}

/** Until nothing is left of it, be it a count or a text that says what. Fails when what is left has stayed the same for so long. */
export async function untilNothing(what: string, left: () => Promise<number | string>, standstillMs = STANDSTILL_MS): Promise<void> {
  let before: number | string | undefined;
  for (let changed = Date.now(); ; ) {
    const now = await left();
    if (now === 0 || now === '') return;
    if (now !== before) changed = Date.now();
    else if (Date.now() > changed + standstillMs) throw new Error(`nothing changed for ${standstillMs} ms: ${what}, left: ${now}`);
    before = now;
    await rest();
  }
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
}
