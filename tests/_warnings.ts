// deno-lint-ignore-file no-console -- listens to what is said.
/** What `console.warn` is told while a test runs. Warnings come once per cause: give each test's functions their own names. */
export async function warningsOf(body: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  const original = console.warn;
  console.warn = (...parts: unknown[]) => {
    heard.push(parts.map(String).join(" "));
  };
  try {
    await body();
  } finally {
    console.warn = original;
  }
  return heard;
}
