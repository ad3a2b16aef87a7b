/**
 * The few assertions that the published cases need, so that they depend on no test runner and no assertion library.
 *
 * @module
 */

/** Fails with `message` unless `condition` holds. */
export function assertThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Fails unless both are the same bytes; says where they part. */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  const shared = Math.min(actual.length, expected.length);
  for (let at = 0; at < shared; at++) {
    if (actual[at] !== expected[at]) {
      throw new Error(`${what}: byte ${at} is ${actual[at]}, expected ${expected[at]}`);
    }
  }
  assertThat(
    actual.length === expected.length,
    `${what}: ${actual.length} bytes, expected ${expected.length}`,
  );
}

/** Fails unless both list the same strings, in any order and each once. */
export function assertSameSet(actual: readonly string[], expected: readonly string[], what: string): void {
  const left = JSON.stringify([...actual].sort());
  const right = JSON.stringify([...expected].sort());
  assertThat(left === right, `${what}: ${left}, expected ${right}`);
}

/** The reason for which `action` rejects; fails when it does not, and when it throws synchronously. */
export async function reasonOf(action: () => Promise<unknown>, what: string): Promise<unknown> {
  const outcome = action().then(() => ({ rejected: false, reason: undefined as unknown }), (reason) => ({
    rejected: true,
    reason: reason as unknown,
  }));
  const { rejected, reason } = await outcome;
  assertThat(rejected, `${what}: expected a rejection`);
  return reason;
}

/** Fails unless `action` rejects with this very reason. */
export async function assertRejectsWith(
  action: () => Promise<unknown>,
  expected: unknown,
  what: string,
): Promise<void> {
  const reason = await reasonOf(action, what);
  assertThat(reason === expected, `${what}: rejected with ${String(reason)}, expected ${String(expected)}`);
}
