import { format, inspect } from 'node:util';
import { Sensitive } from '../../rotation/sensitive';

const canary = 'canary-91d0';
const sensitive = new Sensitive(canary);

it.each<[string, () => string | undefined]>([
  ['inspected', () => inspect(sensitive)],
  [
    'inspected with everything hidden',
    () => inspect({ deep: [sensitive] }, { depth: null, showHidden: true, getters: true }),
  ],
  ['formatted', () => format('%s %o %O %j', sensitive, sensitive, sensitive, sensitive)],
  ['serialised', () => JSON.stringify({ sensitive, list: [sensitive] })],
  ['interpolated', () => `a ${String(sensitive)}`],
  ['concatenated', () => 'x'.concat(sensitive as unknown as string)],
  ['the message of an error', () => inspect(new Error(sensitive as unknown as string))],
  ['the cause of an error', () => inspect(new Error('failed', { cause: sensitive }))],
  ['enumerated', () => JSON.stringify([Object.entries(sensitive), Object.getOwnPropertyNames(sensitive)])],
  ['cloned', () => inspect(structuredClone(sensitive))],
])('is not shown when it is %s', (_, show) => {
  expect(show()).not.toContain(canary);
});

it('hands its text out to whoever asks for it by name', () => {
  expect(sensitive.reveal()).toBe(canary);
});

it('equals another with the same text', () => {
  expect(sensitive.equals(new Sensitive(canary))).toBe(true);
  expect(sensitive.equals(new Sensitive(`${canary} `))).toBe(false);
});
