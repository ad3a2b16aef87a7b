/** Looking into a database as any other SQL reader would. */
import { createClient, type InValue } from "@libsql/client";

/** Runs one statement on a database file over a connection of its own. */
export async function query(
  path: string,
  sql: string,
  args: InValue[] = [],
): Promise<Record<string, unknown>[]> {
  const client = createClient({ url: `file:${path}`, timeout: 5000 });
  try {
    const { rows, columns } = await client.execute({ sql, args });
    return rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
  } finally {
    client.close();
  }
}
