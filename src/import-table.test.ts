import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const subjects = ['people', 'devices', 'numbers', 'voicemail', 'messages', 'system'];
const mayImport: Record<string, string[]> = {
  base: [],
  contract: [],
  storage: ['base'],
  ...Object.fromEntries(subjects.map((room) => [room, ['base', 'contract', 'storage']])),
  calls: ['base', 'contract', 'storage', 'routing', 'devices', 'numbers'],
  'sip-engine': [],
  sip: ['base', 'contract', 'calls', 'routing', ...subjects],
  twilio: ['base', 'contract', 'calls', 'routing', ...subjects],
  media: ['base', 'contract', 'calls', 'routing', ...subjects],
  http: ['base', 'contract'],
  'home-assistant': ['base', 'contract'],
  notify: ['base', 'contract'],
};
const rooms = [...Object.keys(mayImport), 'routing'];
const ownerOf: Record<string, string> = {
  pino: 'base',
  zod: 'contract',
  'better-sqlite3': 'storage',
  'libphonenumber-js': 'numbers',
  'drachtio-srf': 'sip',
  koa: 'http',
  '@koa/router': 'http',
  twilio: 'twilio',
  mqtt: 'home-assistant',
  nodemailer: 'notify',
};

type Planted = { room: string; line: string; allowed: boolean };
const planted: Planted[] = [];
for (const room of Object.keys(mayImport)) {
  for (const other of rooms) {
    if (other === room) continue;
    const allowed = mayImport[room]!.includes(other);
    planted.push({ room, line: `import { x } from '#${other}/x.ts';`, allowed });
    planted.push({ room, line: `import { x } from '../${other}/x.ts';`, allowed: allowed && room !== 'sip-engine' });
  }
  for (const [name, owner] of Object.entries(ownerOf)) {
    planted.push({ room, line: `import x from '${name}';`, allowed: owner === room });
  }
  for (const file of ['app', 'options', 'surroundings', 'calls-start']) {
    planted.push({ room, line: `import { x } from '../${file}.ts';`, allowed: false });
    planted.push({ room, line: `import { x } from '#${file}.ts';`, allowed: false });
  }
  planted.push({ room, line: `import x from 'twilio/lib/x.js';`, allowed: room === 'twilio' });
}
planted.push({ room: 'routing', line: `import type { X } from '#devices/x.ts';`, allowed: true });
planted.push({ room: 'routing', line: `import { x } from '#devices/x.ts';`, allowed: false });
planted.push({ room: 'sip-engine', line: `import { x } from 'node:net';`, allowed: true });
planted.push({ room: 'sip-engine', line: `import { x } from './x.ts';`, allowed: true });

const project = join(import.meta.dirname, '..');
let folder: string;
let refused: Set<string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-imports-'));
  cpSync(join(project, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  for (const room of rooms) mkdirSync(join(folder, 'src', room), { recursive: true });
  planted.forEach(({ room, line }, index) => {
    const name = line.includes('{ x }') ? 'x' : line.includes('{ X }') ? 'X' : 'x';
    const use = line.startsWith('import type') ? `export type Y = ${name};` : `export const y = ${name};`;
    writeFileSync(join(folder, 'src', room, `planted-${index}.ts`), `${line}\n${use}\n`);
  });
  refused = refusals(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function refusals(at: string): Set<string> {
  const oxlint = join(project, 'node_modules', '.bin', 'oxlint');
  const run = spawnSync(oxlint, ['--format', 'json', 'src'], { cwd: at, encoding: 'utf8' });
  const report = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
  return new Set(report.diagnostics.filter(({ code }) => code.includes('no-restricted-imports')).map(({ filename }) => filename));
}

test('the linter refuses every import that the table forbids, and no other', () => {
  const wrong = planted
    .map((import_, index) => ({ ...import_, refused: refused.has(`src/${import_.room}/planted-${index}.ts`) }))
    .filter(({ allowed, refused: wasRefused }) => allowed === wasRefused);
  expect(wrong).toEqual([]);
});

test('the linter refuses a cycle of imports, also of types alone', () => {
  const at = join(folder, 'cycle');
  mkdirSync(join(at, 'src', 'base'), { recursive: true });
  cpSync(join(project, '.oxlintrc.json'), join(at, '.oxlintrc.json'));
  symlinkSync(join(project, 'node_modules'), join(at, 'node_modules'));
  writeFileSync(join(at, 'src/base/a.ts'), `import type { B } from './b.ts';\nexport type A = B | 1;\n`);
  writeFileSync(join(at, 'src/base/b.ts'), `import type { A } from './a.ts';\nexport type B = A | 2;\n`);
  const run = spawnSync(join(project, 'node_modules/.bin/oxlint'), ['src'], { cwd: at, encoding: 'utf8' });
  expect(run.stdout).toContain('no-cycle');
  expect(run.status).not.toBe(0);
});
