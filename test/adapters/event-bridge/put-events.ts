import { type ReceiverAnswer } from '../../support/http-receiver';

/** What the service answers to a call with one entry. */
export function putEventsAnswer(entry: Readonly<Record<string, string>>): ReceiverAnswer {
  const failed = 'ErrorCode' in entry ? 1 : 0;
  return { status: 200, headers, body: JSON.stringify({ FailedEntryCount: failed, Entries: [entry] }) };
}

/** An answer of 200 that did not take the event. */
export function failedEntry(code: string, message: string): ReceiverAnswer {
  return putEventsAnswer({ ErrorCode: code, ErrorMessage: message });
}

/** A call that failed as a whole. */
export function failedCall(status: number, { type, message }: { type: string; message: string }): ReceiverAnswer {
  return { status, headers, body: JSON.stringify({ __type: type, Message: message }) };
}

/** The only entry of a call. */
export function entryOf(body: string): Readonly<Record<string, unknown>> {
  const { Entries: entries } = JSON.parse(body) as { Entries: Record<string, unknown>[] };
  if (entries.length !== 1 || !entries[0]) throw new Error(`one entry is expected: ${body}`);
  return entries[0];
}

const headers = { 'content-type': 'application/x-amz-json-1.1' };
