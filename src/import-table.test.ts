import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aboveRooms, rooms } from '../script/import-table.ts';

const project = join(import.meta.dirname, '..');
const packages = Object.values(rooms).flatMap((room) => room.packages ?? []);

type Planted = { at: string; line: string; allowed: boolean };
const planted: Planted[] = [];
for (const [name, room] of Object.entries(rooms)) {
  const isAlone = name === 'sip-engine';
  for (const other of [...Object.keys(rooms), ...aboveRooms]) {
    if (other === name) continue;
    const allowed = room.rooms.includes(other);
    const asType = allowed || (room.types?.includes(other) ?? false);
    for (const from of [`#${other}/x.ts`, `../${other}/x.ts`]) {
      planted.push({ at: name, line: `import { x } from '${from}';`, allowed });
      planted.push({ at: name, line: `import type { x } from '${from}';`, allowed: asType });
    }
  }
  for (const one of packages)
    planted.push({ at: name, line: `import x from '${one}';`, allowed: room.packages?.includes(one) ?? false });
  planted.push({ at: name, line: `import x from 'twilio/lib/x.js';`, allowed: name === 'twilio' });
  planted.push({ at: name, line: `import x from 'some-package';`, allowed: !isAlone });
  planted.push({ at: name, line: `import { x } from 'node:net';`, allowed: true });
  planted.push({ at: name, line: `import { x } from './x.ts';`, allowed: true });
  const { floors = {} } = room;
  for (const [floor, below] of Object.entries(floors)) {
    const at = `${name}/${floor}`;
    for (const other of Object.keys(floors)) {
      if (other === floor) continue;
      planted.push({ at, line: `import { x } from '../${other}/x.ts';`, allowed: below.includes(other) });
      if (!isAlone) planted.push({ at, line: `import { x } from '#${name}/${other}/x.ts';`, allowed: below.includes(other) });
      planted.push({ at: name, line: `import { x } from './${other}/x.ts';`, allowed: true });
    }
    planted.push({ at, line: `import { x } from '../x.ts';`, allowed: false });
    planted.push({ at, line: `import { x } from '#app/x.ts';`, allowed: false });
    planted.push({ at, line: `import { x } from './x.ts';`, allowed: true });
  }
}

let folder: string;
let refused: Set<string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-imports-'));
  linterIn(folder);
  planted.forEach(({ at, line }, index) => {
    mkdirSync(join(folder, 'src', at), { recursive: true });
    const use = line.startsWith('import type') ? 'export type Y = x;' : 'export const y = x;';
    writeFileSync(join(folder, 'src', at, `planted-${index}.ts`), `${line}\n${use}\n`);
  });
  const run = lint(folder, '--format', 'json');
  const report = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
  const restricted = report.diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
  refused = new Set(restricted.map(({ filename }) => filename));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function linterIn(at: string): void {
  mkdirSync(join(at, 'script'), { recursive: true });
  for (const file of ['oxlint.config.ts', 'script/import-table.ts']) cpSync(join(project, file), join(at, file));
  symlinkSync(join(project, 'node_modules'), join(at, 'node_modules'));
  writeFileSync(join(at, 'package.json'), '{ "type": "module" }');
}

function lint(at: string, ...flags: string[]) {
  const run = spawnSync(join(project, 'node_modules/.bin/oxlint'), [...flags, 'src'], {
    cwd: at,
    encoding: 'utf8',
    env: environment,
  });
  return run;
}
/** The linter reads its settings with the Node.js of the project. */
const environment = { ...process.env, PATH: `${join(project, 'node_modules/.bin')}:${process.env['PATH']}` };

test('the linter refuses every import that the table forbids, and no other', () => {
  const wrong = planted
    .map((import_, index) => ({ ...import_, refused: refused.has(`src/${import_.at}/planted-${index}.ts`) }))
    .filter(({ allowed, refused: wasRefused }) => allowed === wasRefused);
  expect(wrong).toEqual([]);
});

test('the panel may import the contract and nothing else of the house', () => {
  const at = join(folder, 'browser');
  mkdirSync(join(at, 'panel/src/pages'), { recursive: true });
  linterIn(at);
  const lines = {
    "import { x } from '#contract/devices.ts';": true,
    "import type { x } from '#contract/devices.ts';": true,
    "import { x } from '../x.ts';": true,
    "import { x } from 'lit';": true,
    "import { x } from '#base/ids.ts';": false,
    "import type { x } from '#devices/device.ts';": false,
    "import { x } from '../../../src/contract/devices.ts';": false,
    "import { x } from 'node:fs';": false,
    "import x from 'zod';": false,
  };
  for (const [index, line] of Object.keys(lines).entries()) {
    const use = line.startsWith('import type') ? 'export type Y = x;' : 'export const y = x;';
    writeFileSync(join(at, `panel/src/pages/planted-${index}.ts`), `${line}\n${use}\n`);
  }
  const run = spawnSync(join(project, 'node_modules/.bin/oxlint'), ['--format', 'json', 'panel'], {
    cwd: at,
    encoding: 'utf8',
    env: environment,
  });
  const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
  const found = diagnostics.filter(({ code }) => code.includes('no-restricted-imports')).map(({ filename }) => filename);
  const allowed = Object.keys(lines).map((_line, index) => !found.includes(`panel/src/pages/planted-${index}.ts`));
  expect(allowed).toEqual(Object.values(lines));
});

test('the linter refuses a cycle of imports, also of types alone', () => {
  const at = join(folder, 'cycle');
  mkdirSync(join(at, 'src', 'base'), { recursive: true });
  linterIn(at);
  writeFileSync(join(at, 'src/base/a.ts'), `import type { B } from './b.ts';\nexport type A = B | 1;\n`);
  writeFileSync(join(at, 'src/base/b.ts'), `import type { A } from './a.ts';\nexport type B = A | 2;\n`);
  const run = lint(at);
  expect(run.stdout).toContain('no-cycle');
  expect(run.status).not.toBe(0);
});

test('every folder of the source has its row, and every floor its folder', () => {
  const folders = readdirSync(join(project, 'src'), { withFileTypes: true }).filter((one) => one.isDirectory());
  const known = [...Object.keys(rooms), ...aboveRooms];
  expect(folders.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
  for (const [name, { floors = {} }] of Object.entries(rooms)) {
    if (Object.keys(floors).length === 0) continue;
    const inside = readdirSync(join(project, 'src', name), { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(inside.map((one) => one.name).toSorted()).toEqual(Object.keys(floors).toSorted());
  }
});

test('the table in CONTRIBUTING.md is this one', () => {
  const list = (names: readonly string[], suffix = '') => names.map((one) => `\`${one}\`${suffix}`);
  const rows = Object.entries(rooms).map(([name, { is, rooms: may, types = [], packages: uses = [] }]) => {
    const rights = [...list(may), ...list(types, ' (types)'), ...uses].join(', ');
    return `| \`${name}\` | ${is} | ${rights === '' ? 'Node.js only' : rights} |`;
  });
  const page = readFileSync(join(project, 'CONTRIBUTING.md'), 'utf8');
  expect(page.split('\n').filter((line) => rows.includes(line))).toEqual(rows);
});
