// Waiting for what another process or loop does: asks again until it holds, with a limit that fails the test. The limit is for what never comes: a machine
// that is busy with other things must not reach it.

export async function until<Value>(what: string, ask: () => Promise<Value | undefined | false>, limitMs = 100_000): Promise<Value> {
  const end = Date.now() + limitMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
