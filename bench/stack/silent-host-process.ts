import { createServer } from 'node:net';

/** Listens, with room for one that waits; the bench then stops this process, and nobody is let in any more. */
createServer().listen({ host: '127.0.0.1', port: Number(process.argv.at(-1)), backlog: 1 });
