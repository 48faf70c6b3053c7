import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { heavyTests, homeAssistantTests, liveTests, longTests, startFirst } from '../script/test-projects.ts';

const project = join(import.meta.dirname, '..');
let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function projectOf(files: Record<string, string>): string[] {
  folder = mkdtempSync(join(tmpdir(), 'gosip-test-projects-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return liveTests(folder);
}

const at = 'src/room/new.test.ts';
const harness = { 'src/testing/harness/a.ts': `import { b } from '../peers/b.ts';\n` };
const peer = { 'src/testing/peers/b.ts': `import {\n  spawn,\n} from 'node:child_process';\n` };

it.each<[string, Record<string, string>]>([
  ['starts a program', { [at]: `import { spawn } from 'node:child_process';\n` }],
  ['starts one through a harness', { [at]: `import { a } from '#testing/harness/a.ts';\n`, ...harness, ...peer }],
  ['opens a socket', { [at]: `import 'node:dgram';\n` }],
  ['opens a socket later', { [at]: `const { createSocket } = await import('node:dgram');\n` }],
  ['imports the composed app', { [at]: `import { createApp } from '#app/app.ts';\n` }],
  [
    'shares code with a test that starts a program',
    { [at]: `import './b.test.ts';\n`, 'src/room/b.test.ts': `import 'node:tls';\n` },
  ],
])('a new test that %s runs isolated among the live ones', (_does, files) => {
  expect(projectOf(files)).toContain(at);
});

it.each<[string, Record<string, string>]>([
  ['needs a type of a harness', { [at]: `import type { A } from '#testing/harness/a.ts';\n`, ...harness, ...peer }],
  ['tests code that would start a program', { [at]: `import './a.ts';\n`, 'src/room/a.ts': `import 'node:child_process';\n` }],
  ['has a text with an import of a file that is elsewhere', { [at]: "const a = `\nimport './x.test.ts';\n`;" }],
])('a new test that only %s is a unit test', (_does, files) => {
  expect(projectOf(files)).toEqual([]);
});

it('every test of a flow through the whole house is a live or a heavy one', () => {
  const flows = globSync('src/app/flows/*.test.ts', { cwd: project });
  const known = new Set([...liveTests(project), ...heavyTests]);
  expect(flows.length).toBeGreaterThan(0);
  expect(flows.filter((path) => !known.has(path))).toEqual([]);
});

it('a test that needs a Home Assistant is among those that share one, and one of what only stands in for it is not', () => {
  const files = homeAssistantTests(project);
  expect(files).toContain('src/testing/harness/home-assistant.test.ts');
  expect(files).not.toContain('src/app/flows/kill.test.ts');
  expect(files.filter((path) => !liveTests(project).includes(path))).toEqual([]);
});

it('the lists of tests name tests that there are', () => {
  const named = [...longTests, ...heavyTests, ...startFirst];
  expect(named.filter((path) => !existsSync(join(project, path)))).toEqual([]);
});
