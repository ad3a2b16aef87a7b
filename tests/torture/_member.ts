/** A process of a crowd, as the one who leads it sees it. */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

/** A member, from outside: it is told lines and says lines. */
export class Member {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = "";
  #isOver = false;

  /**
   * @param command How a program is run, and which one.
   * @param args What it is given.
   */
  constructor(command: readonly string[], args: readonly string[]) {
    const [program = "", ...rest] = command;
    this.#child = spawn(program, [...rest, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    if (this.#child.stdout === null) throw new TypeError("Cannot read what a member says");
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr?.on("data", (data) => this.#errors += String(data));
    this.#child.stdin?.on("error", () => {});
  }

  /** The next line that it prints; `undefined` when it has ended. */
  async line(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    this.#isOver = done === true;
    return value;
  }

  /** Whether its end was seen. */
  get isOver(): boolean {
    return this.#isOver;
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** What it complained of: nothing, where all is well. */
  get errors(): string {
    return this.#errors.split("\n").filter((line) => !line.includes("waiting for file lock")).join("\n")
      .trim();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  stop(): void {
    this.#signal("SIGSTOP");
  }

  goOn(): void {
    this.#signal("SIGCONT");
  }

  /** Not by `ChildProcess.kill`: Deno takes whoever it was called on for dead, and does nothing when it is called again. */
  #signal(signal: "SIGSTOP" | "SIGCONT"): void {
    if (this.#child.pid !== undefined) process.kill(this.#child.pid, signal);
  }

  /** Has it end by itself. */
  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin?.end();
    await closed;
  }
}
