import { type UserAccount } from '../../contracts/database-engine';
import { type SqlServer } from './sql-server';

/** What a held connection runs first, and last. */
export interface HeldStatements {
  readonly first?: readonly string[];
  readonly last?: readonly string[];
}

/** Opens a connection, of the superuser or another, and holds it until the function that it resolves to is called. */
export async function holdConnection(
  server: SqlServer,
  { user, first = [], last = [] }: HeldStatements & { readonly user?: UserAccount } = {},
): Promise<() => Promise<void>> {
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let over: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    over = server.withConnection(
      async (connection) => {
        for (const text of first) await connection.query(text);
        resolve();
        await released;
        for (const text of last) await connection.query(text);
      },
      user && server.credential(user),
    );
    over.catch(reject);
  });
  return () => {
    letGo();
    return over;
  };
}
