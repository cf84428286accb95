interface TransactionWords {
  readonly begin: readonly string[];
  readonly commit: string;
  readonly rollback: string;
}

/** All that `work` asks in a session, or nothing of it. */
export async function inTransaction<T>(
  query: (sql: string) => Promise<unknown>,
  { begin, commit, rollback }: TransactionWords,
  work: () => Promise<T>,
): Promise<T> {
  for (const statement of begin) await query(statement);
  try {
    const result = await work();
    await query(commit);
    return result;
  } catch (error) {
    // What has failed is the news, even where the connection is gone and nothing can be rolled back any more.
    await query(rollback).catch(() => undefined);
    throw error;
  }
}
