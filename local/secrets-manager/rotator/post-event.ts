const probeMs = 5000;

/** What is posted, and how long it may take. */
export interface Post {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Posts JSON and reads the answer to its end. @throws Error when there is none. */
export async function post(url: string, { body, headers, signal }: Post): Promise<Response> {
  const type = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers: { ...type, ...headers }, body, signal });
  await response.arrayBuffer();
  return response;
}

/** The status that a request is answered with, or undefined where nobody answers. */
export async function statusOf(url: string, request: RequestInit): Promise<number | undefined> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(probeMs) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
