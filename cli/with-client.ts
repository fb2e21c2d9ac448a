import { connectRotationClient, type RotationClient } from '../client';
import { connectOptions } from './environment';

/** Connects where the environment says, lets the command ask, and closes again. */
export async function withClient<Answer>(ask: (client: RotationClient) => Promise<Answer>): Promise<Answer> {
  const { client, close } = await connectRotationClient(await connectOptions());
  try {
    return await ask(client);
  } finally {
    await close();
  }
}
