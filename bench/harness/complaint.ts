/** What a process that failed had to say. @module */

/** The line of an error, or of what was printed, that tells most; without paths. */
export function complaint(error: unknown, directory: string): string {
  const lines = String(error instanceof Error ? error.message : error).trim().split("\n");
  const telling = lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? "";
  return telling.replaceAll(directory, "…").replaceAll(/file:\/\/\S+/g, "…").trim();
}
