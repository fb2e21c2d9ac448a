import { type IncomingMessage } from 'node:http';
import { frontDoorError } from '../service/front-door-error';

/** More than any valid request has: 65,536 bytes, each escaped as `\u0000`, and the rest. */
const bodyLimit = 1024 * 1024;

/**
 * Reads a request's body to its end.
 *
 * @throws ServiceError when it is over the limit; Error when the client goes away before its end.
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyLimit) chunks.push(chunk);
      else reject(frontDoorError('RequestEntityTooLargeException', 'The request body is too large.', 413));
    });
    request.on('end', () => {
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new Error('The client went away.'));
    });
  });
}
