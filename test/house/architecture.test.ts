import { readdirSync } from 'node:fs';
import path from 'node:path';
import { findCycle, forbiddenImports } from '../support/import-rules';
import { importsOf, sourceFiles } from '../support/read-imports';

const folders = ['activities', 'adapters', 'cli', 'client', 'local', 'rotation', 'worker', 'workflows'];
const edges = sourceFiles(folders).flatMap((file) => importsOf(file));

test('every import is one that its folder may make', () => {
  expect(edges.length).toBeGreaterThan(500);
  expect(forbiddenImports(edges)).toEqual([]);
});

test('no files import each other in a circle', () => {
  expect(findCycle(edges)).toBeUndefined();
});

test('every folder with sources is looked at', () => {
  const root = path.join(__dirname, '../..');
  const entries = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const others = ['bench', 'coverage', 'dist', 'docs', 'node_modules', 'test'];
  const found = entries.map(({ name }) => name).filter((name) => !name.startsWith('.') && !others.includes(name));

  expect(found.sort()).toEqual(folders);
});

describe('a planted import is found', () => {
  test.each([
    ['rotation/steps/x.ts', "import { Client } from 'pg';", 'pg'],
    ['rotation/x.ts', "import { proxyActivities } from '@temporalio/workflow';", '@temporalio/workflow'],
    ['rotation/x.ts', "import { readFile } from 'node:fs/promises';", 'node:fs'],
    ['rotation/x.ts', "export { PostgresEngine } from '../adapters/postgres';", 'adapters/postgres/index.ts'],
    ['adapters/postgres/x.ts', "import mysql from 'mysql2/promise';", 'mysql2'],
    ['adapters/postgres/x.ts', "import { x } from '../secrets-manager';", 'adapters/secrets-manager/index.ts'],
    ['adapters/postgres/x.ts', "import { quoteText } from '../mysql2/quoting';", 'adapters/mysql2/quoting.ts'],
    ['adapters/mysql/x.ts', "import { MariadbEngine } from '../mariadb';", 'adapters/mariadb/index.ts'],
    ['adapters/mysql/x.ts', "import { connect } from 'mysql2';", 'mysql2'],
    ['adapters/mysql2/x.ts', "import { MysqlEngine } from '../mysql';", 'adapters/mysql/index.ts'],
    ['adapters/mysql2/x.ts', "import { Client } from 'pg';", 'pg'],
    ['adapters/webhook/x.ts', "import { x } from '../event-bridge';", 'adapters/event-bridge/index.ts'],
    ['adapters/event-log/x.ts', "import { x } from '@aws-sdk/client-eventbridge';", '@aws-sdk/client-eventbridge'],
    ['adapters/postgres/x.ts', "import { heartbeat } from '@temporalio/activity';", '@temporalio/activity'],
    ['activities/x.ts', "import { PostgresEngine } from '../adapters/postgres';", 'adapters/postgres/index.ts'],
    [
      'activities/x.ts',
      "import { SecretsManager } from '@aws-sdk/client-secrets-manager';",
      '@aws-sdk/client-secrets-manager',
    ],
    ['workflows/x.ts', "import { createActivities } from '../activities';", 'activities/index.ts'],
    ['workflows/x.ts', "import { randomUUID } from 'node:crypto';", 'node:crypto'],
    ['workflows/x.ts', "const fs = require('fs');", 'fs'],
    ['workflows/x.ts', "import { Client } from '@temporalio/client';", '@temporalio/client'],
    [
      'worker/x.ts',
      "import { Mysql2Engine } from '../adapters/mysql2/mysql2-engine';",
      'adapters/mysql2/mysql2-engine.ts',
    ],
    ['worker/x.ts', "import { RotationClient } from '../client';", 'client/index.ts'],
    ['worker/x.ts', "import { startStack } from '../local/stack';", 'local/stack/index.ts'],
    ['client/x.ts', "import { createActivities } from '../activities';", 'activities/index.ts'],
    ['client/x.ts', "import { createRotorWorker } from '../worker';", 'worker/index.ts'],
    ['client/x.ts', "import { x } from '../adapters/postgres';", 'adapters/postgres/index.ts'],
    ['cli/x.ts', "import { RotationClient } from '../client/rotation-client';", 'client/rotation-client.ts'],
    ['cli/x.ts', "await import('../activities/index.js');", 'activities/index.ts'],
    ['cli/x.ts', "import { startSecretsManager } from '../local/secrets-manager';", 'local/secrets-manager/index.ts'],
    ['local/secrets-manager/x.ts', "import { x } from '../../rotation/errors';", 'rotation/errors.ts'],
    ['local/secrets-manager/service/x.ts', "import { x } from '../../supervisor';", 'local/supervisor/index.ts'],
    ['local/postgres/x.ts', "import { x } from '../../client';", 'client/index.ts'],
    [
      'local/stack/x.ts',
      "import { x } from '../secrets-manager/storage/journal';",
      'local/secrets-manager/storage/journal.ts',
    ],
    ['client/x.ts', "import { x } from '../local/secrets-manager';", 'local/secrets-manager/index.ts'],
    ['local/stack/x.ts', "import { x } from '../supervisor/guardian';", 'local/supervisor/guardian.ts'],
    ['worker/x.ts', "import { x } from '../test/support/hold';", 'test/support/hold.ts'],
    ['utils/x.ts', "import path from 'node:path';", 'node:path'],
    ['workflows/x.ts', "type A = import('../client').RotationClient;", 'client/index.ts'],
  ])('%s: %s', (file, text, target) => {
    const [found] = forbiddenImports(importsOf(file, text));

    expect(found?.startsWith(`${file} → ${target}`)).toBe(true);
  });

  test('types of activities are what workflows may have of them', () => {
    const text =
      "import type { Activities } from '../activities'; import { type Activities as B } from '../activities';";

    expect(forbiddenImports(importsOf('workflows/x.ts', text))).toEqual([]);
  });

  test('a circle', () => {
    const planted = [
      ...importsOf('rotation/a.ts', "import { b } from './b';"),
      ...importsOf('rotation/b.ts', "import { c } from './c';"),
      ...importsOf('rotation/c.ts', "import { type B } from './b';"),
    ];

    expect(findCycle(planted)).toEqual(['rotation/b.ts', 'rotation/c.ts', 'rotation/b.ts']);
  });
});
