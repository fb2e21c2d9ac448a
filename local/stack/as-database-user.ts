import { Client } from 'pg';

/** Who to sign in as, and where. */
export interface DatabaseSignIn {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly dbname: string;
}

/** Signs in to the stack's PostgreSQL for some work, and leaves again. Throws what the driver throws. */
export async function asDatabaseUser<Result>(
  { host, port, username: user, password, dbname: database }: DatabaseSignIn,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ host, port, user, password, database, ssl: false });
  client.on('error', () => undefined); // the failed query itself tells; without a listener the process would end
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
