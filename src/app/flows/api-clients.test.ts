import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiClientsFolder, missingApiClients } from '#testing/api-clients/requirements.ts';
import { ApiHouse, run } from '#testing/harness/api-house.ts';

const description = join(import.meta.dirname, '../../../docs/openapi.json');
const programs = join(apiClientsFolder, 'bin');
const clients = join(import.meta.dirname, '../../testing/api-clients');

/** What the house answers to the same requests by either client. */
const answers = {
  devices: ['Hall', 'Kitchen'],
  missing: [404, 'NOT_FOUND'],
  created: ['Garden', 'softphone', true],
  // Of the forty that are there, one an hour.
  calls: [10, 5, 'inbound'],
  recordings: [],
  counted: 10,
};

describe.skipIf(missingApiClients() !== undefined)('clients that generators make of the description', () => {
  let house: ApiHouse;
  let folder: string;
  beforeAll(async () => {
    house = await ApiHouse.start();
    folder = mkdtempSync(join(tmpdir(), 'gosip-clients-'));
  });
  afterAll(async () => {
    await house[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('list, create, find nothing and ask for a time in Python, and lose no shape', async () => {
    const target = join(folder, 'gosip_client');
    const generate = ['generate', '--path', description, '--output-path', target, '--meta', 'none'];
    const made = await run(join(programs, 'openapi-python-client'), generate, {
      cwd: folder,
      env: { ...process.env, PATH: `${programs}:${process.env['PATH']}` },
    });
    expect(made).toMatchObject({ status: 0 });
    // It can neither send nor read audio, images, CSV and the like, and says so; nothing else may be left out.
    const warnings = made.output.split(/^WARNING/m).slice(1);
    expect(warnings.filter((one) => !/Unsupported content[ _]type/.test(one))).toEqual([]);
    const asked = await run(join(programs, 'python'), [join(clients, 'client.py'), folder, house.url, house.token], {
      cwd: folder,
    });
    expect(asked).toMatchObject({ status: 0 });
    const { started, ...seen } = JSON.parse(asked.output) as { started: string };
    expect(seen).toEqual(answers);
    expect(started).toBe('2026-11-18T12:06:40+00:00');
  });

  it('list, create, find nothing, ask for a time and read a file in TypeScript, by its types', async () => {
    const modules = join(apiClientsFolder, 'node_modules');
    symlinkSync(modules, join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const made = await run(process.execPath, [join(modules, 'openapi-typescript/bin/cli.js'), description, '-o', 'schema.d.ts'], {
      cwd: folder,
    });
    expect(made).toMatchObject({ status: 0 });
    copyFileSync(join(clients, 'client.ts.txt'), join(folder, 'client.ts'));
    const strict = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--outDir', 'out', 'client.ts'];
    const checked = await run(process.execPath, [join(modules, 'typescript/bin/tsc'), ...strict], { cwd: folder });
    expect(checked).toEqual({ status: 0, output: '' });
    const asked = await run(process.execPath, [join(folder, 'out/client.js'), house.url, house.token], { cwd: folder });
    expect(asked).toMatchObject({ status: 0 });
    const { csv, ...seen } = JSON.parse(asked.output) as { csv: string };
    expect(seen).toEqual({ ...answers, devices: ['Garden', ...answers.devices] });
    expect(csv).toMatch(/^\uFEFF?id,direction,startedAt,/);
  });
});
