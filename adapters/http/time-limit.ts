/** How long a call may take, and what else ends it. */
export interface TimeLimit {
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Gives a call a signal that aborts with the given one, and with a TimeoutError when the time is up.
 *
 * `AbortSignal.any([signal, AbortSignal.timeout(limitMs)])` would be shorter, but nothing holds its limit, which is lost
 * when garbage is collected: the call then waits for ever (nodejs/node#57736, #65995).
 */
export async function within<T>({ limitMs, signal }: TimeLimit, call: (ends: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const end = (): void => {
    controller.abort(signal.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(new DOMException('no answer in time', 'TimeoutError'));
  }, limitMs);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await call(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
