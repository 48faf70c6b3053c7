import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '#base/log.ts';
import type { AlertDeclaration } from '#contract/alert.ts';
import type { AnyEndpoint } from '#contract/endpoint.ts';
import type { CommandDeclaration } from '#contract/command.ts';
import type { EntityDeclaration } from '#contract/entity.ts';
import { healthParts } from '#contract/system.ts';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { parseOptions } from '#options/options.ts';

const log = createLog({ level: 'silent' });

function optionsFor(dataDirectory: string, changes: Record<string, unknown> = {}) {
  const read = parseOptions({
    data_directory: dataDirectory,
    sip_listen: ['udp:127.0.0.1:0', 'tcp:127.0.0.1:0'],
    http_host: '127.0.0.1',
    http_port: 0,
    ...changes,
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('; '));
  return read.options;
}

const source = join(import.meta.dirname, '..');
const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file));
const texts = sources.map((file) => readFileSync(join(source, file), 'utf8'));

/** Every value that the files export and that has these fields. */
async function exportedWith<Value>(files: readonly string[], ...fields: readonly string[]): Promise<Value[]> {
  const modules: object[] = await Promise.all(files.map((file) => import(join(source, file)) as Promise<object>));
  const isOne = (value: unknown): value is Value =>
    typeof value === 'object' && value !== null && fields.every((field) => field in value);
  return modules.flatMap((module) => Object.values(module) as unknown[]).filter(isOne);
}

const filesOf = (suffix: string) => sources.filter((file) => !file.startsWith('testing/') && file.endsWith(`-${suffix}.ts`));
const contractEndpoints = () =>
  exportedWith<AnyEndpoint>(
    sources.filter((file) => file.startsWith('contract/')),
    'method',
    'path',
    'reply',
  );
const declaredEntities = () => exportedWith<EntityDeclaration>(filesOf('entities'), 'component', 'key');
const declaredCommands = () => exportedWith<CommandDeclaration>(filesOf('commands'), 'name', 'input');
const declaredAlerts = () => exportedWith<AlertDeclaration>(filesOf('alerts'), 'alertId', 'title');

describe('the whole app', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-app-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const start = (changes: Record<string, unknown> = {}) => createApp(optionsFor(folder, changes), { log, isReplyStrict: true });

  function api(app: App, path: string, token: string | null, request: { method?: string; body?: string } = {}) {
    const headers = {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    return fetch(`http://127.0.0.1:${app.http.port}/api${path}`, { ...request, headers });
  }

  async function post(app: App, path: string, body: unknown): Promise<Record<string, string>> {
    const response = await api(app, path, app.adminToken ?? '', { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(201);
    return (await response.json()) as Record<string, string>;
  }

  it('mounts everything that is declared: endpoints, entities, alerts, and a probe for each part of health', async () => {
    await using app = await start({ home_assistant_url: 'http://127.0.0.1:1', home_assistant_token: 'none' });
    const endpointName = (one: AnyEndpoint) => `${one.method} ${one.path}`;
    const mounted = app.routes.map((route) => endpointName(route.endpoint));
    expect(mounted.sort()).toEqual((await contractEndpoints()).map(endpointName).sort());
    const entityName = (one: EntityDeclaration) => `${one.of} ${one.key}`;
    const entities = app.entities.map(({ declaration }) => entityName(declaration));
    expect(entities.sort()).toEqual((await declaredEntities()).map(entityName).sort());
    const commands = app.commands.map(({ declaration }) => declaration.name);
    expect(commands.sort()).toEqual((await declaredCommands()).map(({ name }) => name).sort());
    const alerts = app.alerts.map(({ declaration }) => declaration.alertId);
    expect(alerts.sort()).toEqual((await declaredAlerts()).map(({ alertId }) => alertId).sort());
    const { parts } = (await (await api(app, '/system/health', app.adminToken ?? '')).json()) as { parts: { name: string }[] };
    expect(parts.map(({ name }) => name)).toEqual(healthParts);
  });

  it.each(['routes', 'entities', 'commands', 'alerts', 'health'].flatMap(filesOf))('%s is mounted by some room', (file) => {
    const importers = sources.filter((_, index) => texts[index]?.includes(`/${basename(file)}'`));
    expect(importers).not.toEqual([]);
  });

  it('shows a user live events of their own phones alone', async () => {
    await using app = await start();
    const admin = app.adminToken ?? '';
    const [anna, ben] = await Promise.all(['anna', 'ben'].map((username) => post(app, '/users', { username, name: username })));
    const { token = '' } = await post(app, '/api-tokens', { name: 'Anna’s', personId: anna?.['id'] });
    const hers = await post(app, '/devices', { name: 'Hers', type: 'softphone', personId: anna?.['id'] });
    const his = await post(app, '/devices', { name: 'His', type: 'softphone', personId: ben?.['id'] });
    const live = await api(app, '/events', token);
    const rename = (id = '') => api(app, `/devices/${id}`, admin, { method: 'PATCH', body: JSON.stringify({ name: 'New' }) });
    expect([(await rename(his['id'])).status, (await rename(hers['id'])).status]).toEqual([200, 200]);
    for (const { id } of [his, hers]) await api(app, `/devices/${id}`, admin, { method: 'DELETE' });
    let seen = '';
    for await (const chunk of live.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      seen += chunk;
      if (seen.includes('device.deleted')) break;
    }
    expect(seen).toContain('event: device.changed');
    expect(seen).toMatch(new RegExp(`event: device.deleted\\ndata: .*${hers['id']}`));
    expect(seen).not.toContain(his['id']);
  });

  it('lets go of a person’s phones and numbers when the person is deleted', async () => {
    await using app = await start();
    const admin = app.adminToken ?? '';
    const { id: personId } = await post(app, '/users', { username: 'anna', name: 'Anna' });
    const device = await post(app, '/devices', { name: 'Hers', type: 'softphone', personId });
    const number = await post(app, '/dids', { number: '+14165550123', ownerPersonId: personId });
    expect((await api(app, `/users/${personId}`, admin, { method: 'DELETE' })).status).toBe(204);
    expect(await (await api(app, `/devices/${device['id']}`, admin)).json()).toMatchObject({ personId: null });
    expect(await (await api(app, `/dids/${number['id']}`, admin)).json()).toMatchObject({ ownerPersonId: null });
  });

  it('shows phones, people and the exchange as entities, with the state they have now', async () => {
    await using app = await start();
    const anna = await post(app, '/users', { username: 'anna', name: 'Anna' });
    const hall = await post(app, '/devices', { name: 'Hall', type: 'softphone' });
    const shown = await Promise.all(
      app.entities.flatMap(({ declaration, source }) =>
        'state' in source
          ? [...source.owners()].map(async ({ id, name }) => [declaration.key, id, name, await source.state(id)])
          : [],
      ),
    );
    expect(shown.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ['active_calls', 'exchange', 'GoSIP', 0],
      ['active_escalations', 'exchange', 'GoSIP', 0],
      ['call_state', hall['id'], 'Hall', 'idle'],
      ['dial', hall['id'], 'Hall', ''],
      ['dnd', 'exchange', 'GoSIP', false],
      ['dnd', anna['id'], 'Anna', false],
      ['dnd', hall['id'], 'Hall', false],
      ['last_call', 'exchange', 'GoSIP', undefined],
      ['last_call', hall['id'], 'Hall', undefined],
      ['new_voicemails', anna['id'], 'Anna', 0],
      ['problem', 'exchange', 'GoSIP', false],
      ['recording', hall['id'], 'Hall', false],
      ['registered', hall['id'], 'Hall', false],
      ['twilio', 'exchange', 'GoSIP', undefined],
    ]);
  });

  it('reports in the log, as one warning, what needs the person who runs the house', async () => {
    writeFileSync(join(folder, 'gosip.db'), 'This is not a database, and it is long enough to be looked at. '.repeat(50));
    const lines: { level: string; msg: string; alert?: string; message?: string }[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
    await using app = await createApp(optionsFor(folder), { log: createLog({ level: 'info', destination }) });
    expect(lines.filter(({ alert }) => alert !== undefined)).toMatchObject([
      { level: 'warn', msg: 'Alert: Nothing can be saved', alert: 'storage-failed', message: app.warnings[0] },
    ]);
  });

  it('reports how each part is', async () => {
    await using app = await start();
    const response = await api(app, '/system/health', app.adminToken ?? '');
    expect(response.status).toBe(200);
    const report = (await response.json()) as { status: string; parts: { name: string; status: string }[] };
    expect(report.parts.filter((part) => part.status !== 'ok')).toEqual([]);
    expect(report.status).toBe('ok');
  });

  it('makes the first admin token once, and a new one on demand', async () => {
    const first = await start();
    await first[Symbol.asyncDispose]();
    await using second = await start();
    expect([typeof first.adminToken, second.adminToken]).toEqual(['string', undefined]);
    expect((await api(second, '/users', first.adminToken ?? '')).status).toBe(200);
    await second[Symbol.asyncDispose]();
    await using third = await createApp(optionsFor(folder), { log, wantsNewAdminToken: true });
    expect((await api(third, '/users', first.adminToken ?? '')).status).toBe(401);
    expect((await api(third, '/users', third.adminToken ?? '')).status).toBe(200);
  });

  it('starts with a damaged database, and says so', async () => {
    writeFileSync(join(folder, 'gosip.db'), 'This is not a database, and it is long enough to be looked at. '.repeat(50));
    await using app = await start();
    expect(app.warnings).toEqual([expect.stringContaining('is damaged')]);
    const report = (await (await api(app, '/system/health', app.adminToken ?? '')).json()) as {
      status: string;
      parts: unknown[];
    };
    expect(report.status).toBe('degraded');
    expect(report.parts).toContainEqual(expect.objectContaining({ name: 'storage', status: 'degraded' }));
  });

  it('starts where nothing can be written, and says so', async () => {
    const file = join(folder, 'no-folder');
    writeFileSync(file, '');
    await using app = await start({ data_directory: join(file, 'data') });
    expect(app.warnings.join()).toMatch(/The database .* cannot be/);
    const body = JSON.stringify({ name: 'Kitchen', type: 'softphone' });
    const refused = await api(app, '/devices', app.adminToken ?? '', { method: 'POST', body });
    expect(refused.status).toBe(503);
    expect(await refused.text()).toMatch(/The database .* cannot be/);
  });

  // In a process of its own: whatever else runs in this one would blur the picture.
  async function resourcesAround(
    changes: Record<string, unknown>,
  ): Promise<{ seen: Record<string, string[]>; problem?: string }> {
    const options = JSON.stringify(optionsFor(folder, changes));
    const script = `
      const { createApp } = await import(${JSON.stringify(join(import.meta.dirname, 'app.ts'))});
      const look = () => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap').sort();
      const seen = { before: look() };
      let problem;
      try {
        const app = await createApp(${options});
        seen.running = look();
        await app[Symbol.asyncDispose]();
      } catch (error) {
        problem = error.message;
      }
      // A closed socket is gone once its last event has come; what is not gone by then stays.
      for (let turn = 0; turn < 500 && look().length > seen.before.length; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      seen.after = look();
      console.log('\\n' + JSON.stringify({ seen, problem }));`;
    const file = join(folder, 'look.mjs');
    writeFileSync(file, script);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Awaited<ReturnType<typeof resourcesAround>>;
  }

  it('leaves nothing behind when it stops', async () => {
    const { seen } = await resourcesAround({ log_level: 'silent' });
    expect(seen['running']).toContain('TCPServerWrap');
    expect(seen['after']).toEqual(seen['before']);
  });

  it('undoes a start that fails, and says in one sentence why', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    const { seen, problem } = await resourcesAround({ http_port: port });
    expect(problem).toMatch(new RegExp(`TCP ${port} on 127.0.0.1 \\(option http_port\\) is taken`));
    expect(seen['after']).toEqual(seen['before']);
    await new Promise((resolve) => holder.close(resolve));
  });
});
