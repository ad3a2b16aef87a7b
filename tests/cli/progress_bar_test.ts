import assert from "node:assert/strict";
import test from "node:test";
import { progressBar, type StreamProgress } from "../../src/cli/mod.ts";
import { assertGolden } from "../_golden.ts";
import { FakeTerminal, withVariables } from "./_terminal.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const plain = { NO_COLOR: "1", TERM: "xterm" };

function report(changes: Partial<StreamProgress> = {}): StreamProgress {
  return {
    name: "download",
    key: "1a2b",
    from: "function",
    bytes: 0,
    elapsedMs: 0,
    expectedBytes: undefined,
    done: false,
    outcome: undefined,
    ...changes,
  };
}

/** The screens after each of these reports; from the second on, since the first one loads the drawing. */
async function screensOf(
  terminal: FakeTerminal,
  reports: readonly Partial<StreamProgress>[],
): Promise<string> {
  const show = progressBar({ output: terminal });
  const screens: string[] = [];
  for (const each of reports) {
    show(report(each));
    await terminal.written();
    screens.push(`-- after ${each.elapsedMs ?? 0} ms\n${terminal.screen()}\n`);
  }
  return screens.join("");
}

const known: readonly Partial<StreamProgress>[] = [
  { expectedBytes: GIB },
  { expectedBytes: GIB, bytes: 64 * KIB, elapsedMs: 100 },
  { expectedBytes: GIB, bytes: 300 * MIB, elapsedMs: 3000 },
  { expectedBytes: GIB, bytes: 1000 * MIB, elapsedMs: 65_000 },
  { expectedBytes: GIB, bytes: GIB, elapsedMs: 66_500 },
  { expectedBytes: GIB, bytes: GIB, elapsedMs: 66_501, done: true },
];

for (const columns of [20, 40, 80, 200]) {
  test(`progressBar draws a stream of known size in ${columns} columns`, () =>
    withVariables(plain, async () => {
      assertGolden(
        `cli/progress_known_${columns}.txt`,
        await screensOf(new FakeTerminal({ columns }), known),
      );
    }));
}

for (const columns of [40, 80]) {
  test(`progressBar draws a stream of unknown size in ${columns} columns`, () =>
    withVariables(plain, async () => {
      const reports = Array.from({ length: 10 }, (_, at) => ({ bytes: at * 7 * MIB, elapsedMs: at * 100 }));
      const screens = await screensOf(new FakeTerminal({ columns }), [
        ...reports,
        { bytes: 70 * MIB, elapsedMs: 1000, done: true },
      ]);
      assertGolden(`cli/progress_unknown_${columns}.txt`, screens);
    }));
}

test("progressBar draws streams that are read at the same time in lines of their own", () =>
  withVariables(plain, async () => {
    const [a, b] = [{ key: "1a2b" }, {
      key: "3c4d",
      name: "upload",
      from: "cache",
      expectedBytes: MIB,
    }] as const;
    const screens = await screensOf(new FakeTerminal(), [
      { ...a },
      { ...b, elapsedMs: 10 },
      { ...a, elapsedMs: 1000, bytes: 5 * MIB },
      { ...b, elapsedMs: 1010, bytes: 300 * KIB },
      { ...a, elapsedMs: 2000, bytes: 9 * MIB, done: true },
      { ...b, elapsedMs: 2010, bytes: 900 * KIB },
      { ...b, elapsedMs: 2510, bytes: MIB, done: true },
    ]);
    assertGolden("cli/progress_two.txt", screens);
  }));

test("progressBar says what was read of a stored stream that was left early", () =>
  withVariables(plain, async () => {
    const stored = { from: "cache", expectedBytes: GIB } as const;
    const screens = await screensOf(new FakeTerminal(), [
      { ...stored },
      { ...stored, bytes: 3 * MIB, elapsedMs: 1500, done: true },
    ]);
    assertGolden("cli/progress_left.txt", screens);
  }));

test("progressBar says what came of a stream that failed", () =>
  withVariables(plain, async () => {
    const screens = await screensOf(new FakeTerminal(), [
      { expectedBytes: GIB },
      { expectedBytes: GIB, bytes: 3 * MIB, elapsedMs: 1500 },
      { expectedBytes: GIB, bytes: 3 * MIB, elapsedMs: 1600, done: true, outcome: "failed" },
      { key: "2", expectedBytes: GIB, bytes: 4 * MIB, elapsedMs: 1600, done: true, outcome: "cancelled" },
    ]);
    assertGolden("cli/progress_failed.txt", screens);
  }));

test("progressBar takes the size for unknown when more comes than was expected", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal();
    const screens = await screensOf(terminal, [
      { expectedBytes: MIB },
      { expectedBytes: MIB, bytes: 2 * MIB, elapsedMs: 1000 },
    ]);
    assert(screens.includes("0%"));
    assert(!terminal.screen().includes("%") && !terminal.screen().includes("left"), terminal.screen());
  }));

test("progressBar draws nothing impossible of an empty stream", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal();
    await screensOf(terminal, [{ expectedBytes: 0 }, { expectedBytes: 0, done: true }]);
    assert.equal(terminal.screen(), "download  0 B in 0ms\n|");
  }));

test("progressBar's rate is that of the last seconds, and the average in the end", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal();
    const show = progressBar({ output: terminal });
    for (let at = 0; at < 20; at++) show(report({ bytes: at * 100 * MIB, elapsedMs: at * 1000 }));
    for (let at = 20; at < 40; at++) show(report({ bytes: 2000 * MIB, elapsedMs: at * 1000 }));
    await terminal.written();
    assert.match(terminal.screen(), / \d+ KiB\/s /);
    show(report({ bytes: 2000 * MIB, elapsedMs: 40_000, done: true }));
    assert(terminal.screen().includes("(50 MiB/s)"), terminal.screen());
  }));

test("progressBar follows the terminal's width from one drawing to the next", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal({ columns: 80 });
    const show = progressBar({ output: terminal });
    show(report({ expectedBytes: GIB }));
    await terminal.written();
    const wide = terminal.screen();
    terminal.columns = 40;
    // The fake terminal fails at a line that is too long.
    show(report({ expectedBytes: GIB, bytes: MIB, elapsedMs: 1000 }));
    assert(terminal.screen().length < wide.length);
  }));

for (const columns of [1, 2, 5, 12]) {
  test(`progressBar keeps within ${columns} columns`, () =>
    withVariables(plain, async () => {
      const terminal = new FakeTerminal({ columns });
      // The fake terminal fails at a line that is too long.
      await screensOf(terminal, known);
      assert(terminal.raw !== "");
    }));
}

test("progressBar measures wide characters, and cuts labels that are too long", () =>
  withVariables(plain, async () => {
    const screens = await screensOf(new FakeTerminal({ columns: 40 }), [
      { name: "ダウンロードする関数", expectedBytes: GIB },
      { name: "ダウンロードする関数", expectedBytes: GIB, bytes: MIB, elapsedMs: 1000 },
      { name: "ダウンロードする関数", expectedBytes: GIB, bytes: GIB, elapsedMs: 1200, done: true },
    ]);
    assertGolden("cli/progress_wide.txt", screens);
  }));

test("progressBar lets no control character of a name through", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal();
    await screensOf(terminal, [{ name: "a\x1b[2Jb\nc\x9bd", done: true }]);
    assert.equal(terminal.screen(), "a [2Jb c d  0 B in 0ms\n|");
  }));

test("progressBar draws as many lines as the screen has room for", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal({ rows: 6 });
    const many = Array.from({ length: 10 }, (_, at) => ({ key: `${at}`, name: `download${at}` }));
    // The fake terminal fails when the cursor would leave the screen.
    await screensOf(terminal, many);
    assert.equal(terminal.screen().split("\n").length, 5);
    assert(terminal.screen().endsWith("\nand 7 more"), terminal.screen());
  }));

test("progressBar leaves what others print above its lines", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal();
    const show = progressBar({ output: terminal });
    show(report());
    await terminal.written();
    terminal.write("a line of the user's\n");
    show(report({ bytes: MIB, elapsedMs: 1000 }));
    terminal.write("and another\n");
    show(report({ bytes: 2 * MIB, elapsedMs: 2000, done: true }));
    assert.equal(
      terminal.screen(),
      "a line of the user's\nand another\ndownload  2 MiB in 2s (1 MiB/s)\n|",
    );
  }));

test("progressBar takes its label from the option", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal();
    const show = progressBar({ output: terminal, label: ({ key, from }) => `${from} ${key}` });
    show(report({ done: true }));
    await terminal.written();
    assert.equal(terminal.screen(), "function 1a2b  0 B in 0ms\n|");
  }));

test("progressBar draws in colours", () =>
  withVariables({ TERM: "xterm" }, async () => {
    const terminal = new FakeTerminal();
    await screensOf(terminal, known);
    assertGolden("cli/progress_colors.txt", terminal.raw.replaceAll("\x1b", "\\e"));
  }));

// deno-lint-ignore no-control-regex -- control characters are what is looked for.
const COLOR = /\x1b\[\d+m/;

for (
  const [variables, isColored] of [
    [{}, true],
    [{ NO_COLOR: "1" }, false],
    [{ NO_COLOR: "" }, true],
    [{ FORCE_COLOR: "0" }, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  ] as const
) {
  test(`progressBar draws ${isColored ? "" : "no "}colours under ${JSON.stringify(variables)}`, () =>
    withVariables(variables, async () => {
      const terminal = new FakeTerminal();
      await screensOf(terminal, known);
      assert.equal(COLOR.test(terminal.raw), isColored);
    }));
}

for (const variables of [{ CI: "true" }, { CI: "1", FORCE_COLOR: "1" }, { TERM: "dumb" }]) {
  test(`progressBar prints one plain line a stream under ${JSON.stringify(variables)}`, () =>
    withVariables(variables, async () => {
      const terminal = new FakeTerminal();
      const show = progressBar({ output: terminal });
      for (const each of known) show(report(each));
      show(report({ key: "3c4d", from: "cache", bytes: 10, elapsedMs: 20, done: true }));
      await terminal.written();
      assert.equal(
        terminal.raw,
        "download  1 GiB in 1m 7s (15.4 MiB/s)\ndownload  10 B in 20ms (500 B/s, from the cache)\n",
      );
    }));
}

test("progressBar draws where CI is said to be false", () =>
  withVariables({ CI: "false" }, async () => {
    const terminal = new FakeTerminal();
    await screensOf(terminal, known.slice(0, 2));
    assert(terminal.raw.includes("\x1b"));
  }));

for (const isTTY of [false, undefined]) {
  test(`progressBar prints nothing where isTTY is ${isTTY}`, () =>
    withVariables({ FORCE_COLOR: "1" }, async () => {
      let writes = 0;
      const show = progressBar({ output: { isTTY, columns: 80, write: () => writes++ } });
      for (const each of known) show(report(each));
      // The drawing of another bar is loaded meanwhile.
      await screensOf(new FakeTerminal(), known);
      assert.equal(writes, 0);
    }));
}

test("progressBar goes on without drawing when the output fails", () =>
  withVariables(plain, async () => {
    let writes = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const show = progressBar({
      output: {
        isTTY: true,
        write() {
          resolve();
          // The first write is made while the drawing is loaded, the second by a report.
          if (++writes === 2) throw new Error("EPIPE");
        },
      },
    });
    show(report());
    await promise;
    for (const each of known) show(report(each));
    assert.equal(writes, 2);
  }));

test("progressBar goes on without drawing when the output fails at once", () =>
  withVariables(plain, async () => {
    let writes = 0;
    const show = progressBar({
      output: {
        isTTY: true,
        write() {
          writes++;
          throw new Error("EPIPE");
        },
      },
    });
    for (const each of known) show(report(each));
    await screensOf(new FakeTerminal(), known);
    for (const each of known) show(report(each));
    assert.equal(writes, 1);
  }));

test("progressBar goes on without drawing when the label cannot be made", () =>
  withVariables(plain, async () => {
    const terminal = new FakeTerminal();
    const show = progressBar({
      output: terminal,
      label({ bytes }) {
        if (bytes > 0) throw new Error("no label");
        return "download";
      },
    });
    show(report());
    await terminal.written();
    for (const each of known) show(report(each));
    assert.equal(terminal.screen().split("\n").length, 2);
  }));

test("progressBar asks nothing of the output before the first report", () => {
  const output = {
    get isTTY(): boolean {
      throw new Error("asked");
    },
    write(): void {},
  };
  progressBar({ output });
});
