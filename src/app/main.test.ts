import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram } from '#testing/peers/program.ts';

// The real process, as script/server runs it.
describe('the process', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gosip-main-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (environment: Record<string, string> = {}, ...flags: string[]) =>
    startProgram(process.execPath, [join(import.meta.dirname, '../start.mjs'), ...flags], {
      env: {
        GOSIP_DATA_DIRECTORY: folder,
        GOSIP_SIP_LISTEN: 'udp:127.0.0.1:0,tcp:127.0.0.1:0',
        GOSIP_HTTP_HOST: '127.0.0.1',
        GOSIP_HTTP_PORT: '0',
        GOSIP_LOG_LEVEL: 'warn',
        ...environment,
      },
    });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says where phones register and the API is, and leaves quietly on %s',
    async (signal) => {
      await using gosip = start();
      await gosip.printed(/GoSIP is ready/);
      expect(gosip.output()).toMatch(/Phones register at +127\.0\.0\.1:\d+ \(.*udp.*\)/);
      const [, api = ''] = await gosip.printed(/API +(http:\S+)/);
      expect((await fetch(`${api}/openapi.json`)).status).toBe(200);
      await gosip.stop(signal);
      expect(await gosip.ended).toBe(0);
    },
  );

  it('writes the first admin token into a file of our own once, and a new one when asked to', async () => {
    await using again = start();
    await again.printed(/GoSIP is ready/);
    expect(again.output()).not.toContain('gosip_');
    await again.stop();
    await using asked = start({ GOSIP_LOG_LEVEL: 'trace' }, '--new-admin-token');
    const [, file = ''] = await asked.printed(/Admin token +is in the file (\S+)/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const token = readFileSync(file, 'utf8').trim();
    const [, api = ''] = await asked.printed(/API +(http:\S+)/);
    expect((await fetch(`${api}/users`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    await asked.stop();
    // Nowhere in what a system log would keep.
    expect(asked.output()).not.toContain(token);
  });

  it('starts with what was compiled before, also of Node.js itself', async () => {
    await using gosip = start({ NODE_DEBUG_NATIVE: 'CODE_CACHE,COMPILE_CACHE' });
    await gosip.printed(/GoSIP is ready/);
    await gosip.stop();
    expect(gosip.output()).toMatch(/Code cache of http .* is accepted/);
    expect(gosip.output()).toMatch(/code cache for ESM \S+app\/app\.ts was accepted/);
    expect(gosip.output().match(/.*rejected.*/g)).toBeNull();
  });

  it('shows the first admin token to somebody at a terminal', async () => {
    const command = `exec ${process.execPath} ${join(import.meta.dirname, '../start.mjs')}`;
    const environment = {
      GOSIP_DATA_DIRECTORY: join(folder, 'terminal'),
      GOSIP_SIP_LISTEN: 'udp:127.0.0.1:0',
      GOSIP_HTTP_HOST: '127.0.0.1',
      GOSIP_HTTP_PORT: '0',
      GOSIP_LOG_LEVEL: 'warn',
    };
    await using terminal = startProgram('script', ['-qec', command, '/dev/null'], { env: environment });
    const [, token = ''] = await terminal.printed(/Admin token +(gosip_\S+)/);
    expect(token).toHaveLength(49);
    expect(existsSync(join(folder, 'terminal', 'first-admin-token'))).toBe(false);
  });

  it('tells all problems of its options at once, without a stack', async () => {
    await using gosip = start({ GOSIP_HTTP_PORT: 'many', GOSIP_RING_SECONDS: '1', GOSIP_SIP_ENGINE: 'external' });
    expect(await gosip.ended).toBe(1);
    expect(gosip.output().trim().split('\n')).toEqual([
      'GoSIP cannot start with these options:',
      '  http_port must be a port number',
      '  ring_seconds must be at least 5',
      '  sip_engine_host is needed with an external sip_engine',
      '  sip_engine_secret is needed with an external sip_engine',
    ]);
  });

  it('refuses a flag it does not know', async () => {
    await using gosip = start({}, '--verbose');
    expect(await gosip.ended).toBe(1);
    expect(gosip.output()).toContain('--verbose');
  });

  it.each([['GOSIP_HTTP_PORT', (port: number) => String(port)]])(
    'says in one line that the port of %s is taken',
    async (name, value) => {
      const holder = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => holder.once('listening', resolve));
      const { port } = holder.address() as AddressInfo;
      await using gosip = start({ [name]: value(port) });
      expect(await gosip.ended).toBe(1);
      expect(gosip.output().trim().split('\n')).toHaveLength(1);
      expect(gosip.output()).toMatch(new RegExp(`^GoSIP cannot start: .*TCP .*${port}.* taken`));
      await new Promise((resolve) => holder.close(resolve));
    },
  );
});
