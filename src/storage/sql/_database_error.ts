/**
 * What SQLite says, for people: which database, and what would work.
 *
 * @module
 */

/** What would work, by the beginning of the code. */
const HINTS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: "another program keeps it locked; a larger timeout_ms waits longer",
  SQLITE_CORRUPT: "delete the file: what it kept is computed again",
  SQLITE_CANTOPEN: "the file and its folder must be writable, to read it as well",
  SQLITE_READONLY: "the file and its folder must be writable, to read it as well",
  SQLITE_FULL: "there must be room on its disk",
};

/** How libsql 0.5.29 says SQLITE_CANTOPEN when it connects, without a code. */
const CANNOT_CONNECT = /^ConnectionFailed\(.*: 14"\)$/s;

/** The `code` of an error, where it has one. */
export function codeOf(error: unknown): unknown {
  if (error instanceof Error && CANNOT_CONNECT.test(error.message)) return "SQLITE_CANTOPEN";
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** Whether an error says that the database itself is damaged, where it was read. */
export function isCorrupt(error: unknown): boolean {
  return codeOf(error) === "SQLITE_CORRUPT";
}

/**
 * The error of a database, with the code of what is behind it: what is wrong with it is so for every call.
 *
 * @param action What could not be done with it, as `"open"`.
 * @param name How the database is called.
 */
export function databaseError(action: string, name: string, cause: unknown): Error {
  const code = codeOf(cause);
  const error = new Error(`Cannot ${action} database "${name}": ${reasonOf(cause)}`, { cause });
  return Object.assign(error, { code: code ?? "UNUSABLE_DATABASE" });
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "SQLITE_NOTADB") return "it is not a SQLite database; choose another file";
  const message = error instanceof Error ? error.message : String(error);
  // The client puts the code in front, of what has it in front already, too.
  const reason = CANNOT_CONNECT.test(message)
    ? "SQLITE_CANTOPEN: unable to open database file"
    : message.replace(/^(\w+: )\1/, "$1");
  const hint = Object.entries(HINTS).find(([begin]) => String(code).startsWith(begin))?.[1];
  return hint === undefined ? reason : `${reason} (${hint})`;
}
