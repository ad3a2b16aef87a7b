/** A terminal for tests: keeps what is written, and shows what a user would see of it. */
import assert from "node:assert/strict";
import process from "node:process";

/** Columns that a character takes: twice as many for the Japanese ones of these tests. */
function widthOf(character: string): number {
  return /[\u3000-\u30ff\u4e00-\u9fff]/.test(character) ? 2 : 1;
}

/** A terminal that records. */
export class FakeTerminal {
  readonly isTTY: boolean = true;
  columns: number;
  rows: number;
  /** Everything that was written. */
  raw = "";
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #written: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor({ columns = 80, rows = 24 }: { readonly columns?: number; readonly rows?: number } = {}) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.raw += text;
    // deno-lint-ignore no-control-regex -- control sequences are what a terminal obeys.
    for (const [token] of text.matchAll(/\x1b\[[\d;?]*[A-Za-z]|./gsu)) this.#apply(token);
    this.#written.resolve();
  }

  /** The first write: the drawing is loaded then, and what follows is drawn at once. */
  written(): Promise<void> {
    return this.#written.promise;
  }

  /** What can be seen, `|` where the cursor is; scrolled off lines included. */
  screen(): string {
    return this.#lines.map((cells, row) => {
      const shown = row === this.#row
        ? [...cells.slice(0, this.#column), "|", ...cells.slice(this.#column)]
        : cells;
      return shown.join("").trimEnd();
    }).join("\n").trimEnd();
  }

  #apply(token: string): void {
    // deno-lint-ignore no-control-regex -- the same.
    const [, count = "", command] = /^\x1b\[([\d;?]*)([A-Za-z])$/.exec(token) ?? [];
    if (token === "\n") {
      this.#row++;
      this.#column = 0;
      this.#lines[this.#row] ??= [];
    } else if (command === undefined) {
      const cells = this.#lines[this.#row] ?? [];
      while (cells.length < this.#column) cells.push(" ");
      // The second cell of a wide character is empty text.
      cells.splice(this.#column, widthOf(token), token, ...(widthOf(token) === 2 ? [""] : []));
      this.#column += widthOf(token);
      assert(this.#column < this.columns, `a line fills the last column: ${cells.join("")}`);
    } else if (command === "A") {
      const top = Math.max(0, this.#lines.length - this.rows);
      this.#row -= Number(count || 1);
      assert(this.#row >= top, "the cursor left the screen at the top");
    } else if (command === "G") this.#column = Number(count || 1) - 1;
    else if (command === "K") this.#lines[this.#row]?.splice(this.#column);
    else if (command === "J") {
      this.#lines[this.#row]?.splice(this.#column);
      this.#lines.splice(this.#row + 1);
    } else {assert.equal(
        command,
        "m",
        `a control sequence that no terminal needs here: ${JSON.stringify(token)}`,
      );}
  }
}

/** Runs `body` with these environment variables, and without the others that drawing looks at. */
export async function withVariables(
  variables: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> {
  const names = ["CI", "FORCE_COLOR", "NO_COLOR", "TERM"];
  const before = names.map((name) => [name, process.env[name]] as const);
  try {
    for (const name of names) delete process.env[name];
    Object.assign(process.env, variables);
    await body();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
