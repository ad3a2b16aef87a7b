/** Another working directory for a while, as the module asks for it. */
import process from "node:process";

/**
 * Runs `body` while the working directory seems to be another. It is not changed: that would be the whole process's, and so
 * that of all tests that run beside this one and start programs.
 */
export function inDirectory<T>(directory: string, body: () => T): T {
  const { cwd } = process;
  process.cwd = () => directory;
  try {
    return body();
  } finally {
    process.cwd = cwd;
  }
}
