import { readFileSync } from 'node:fs';
import path from 'node:path';
import { undocumentedExports } from '../support/read-exports';
import { sourceFiles } from '../support/read-imports';

const folders = ['activities', 'adapters', 'bench', 'cli', 'client', 'local', 'rotation', 'worker', 'workflows'];
const files = sourceFiles(folders);

test('everything that is exported, and every method of what is, says what it does', () => {
  expect(files.length).toBeGreaterThan(300);
  expect(undocumentedExports(files)).toEqual([]);
});

test.each([
  ['export function planted(): void {}', 'planted'],
  ['export const planted = 1;', 'planted'],
  ['export class Planted {}', 'Planted'],
  ['export interface Planted {}', 'Planted'],
  ['export type Planted = string;', 'Planted'],
  ['export enum Planted {}', 'Planted'],
  ['const planted = 1;\nexport { planted };', 'planted'],
  ['/** What it is. */\nexport interface Planted {\n  call(): void;\n}', 'Planted.call'],
])('a planted export without a comment is found: %s', (text, name) => {
  const file = 'rotation/errors.ts';
  const whole = `${readFileSync(path.join(__dirname, '../..', file), 'utf8')}\n${text}\n`;

  expect(undocumentedExports([file], new Map([[file, whole]]))).toEqual([`${file}: ${name}`]);
});
