import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { connectClient } from '#testing/peers/drachtio-client.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  const ready = new Promise<number>((resolve, reject) => {
    child.stdout.on('data', () => {
      const port = /"controlPort":(\d+)/.exec(said.out)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    void ended.then(() => reject(new Error(said.err)));
  });
  ready.catch(() => {});
  return { child, ended, ready };
}

describe('the engine as a program', () => {
  it('says all that is wrong with its options in one message and ends with 1', async () => {
    const { code, out, err } = await start('--sip', 'nonsense', '--t1', 'soon', '--bogus').ended;
    expect(code).toBe(1);
    expect(out).toBe('');
    for (const word of ['--sip', '--t1', '--bogus', 'No secret']) expect(err).toContain(word);
    expect(err).not.toContain('at ');
  });

  it('explains itself', async () => {
    const { code, out } = await start('--help').ended;
    expect(code).toBe(0);
    expect(out).toContain('--session-timer-refresher WHO');
  });

  it('serves applications until SIGTERM, then ends cleanly', async () => {
    const { child, ended, ready } = start('--sip', 'udp:127.0.0.1:0', '--control', '127.0.0.1:0', '--secret', 'cymru');
    const client = await connectClient({ port: await ready, secret: 'cymru', reconnect: { maxAttempts: 1 } });
    const closed = once(client, 'close');
    child.kill('SIGTERM');
    const { code, err } = await ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await closed;
  });

  it('says which port is taken', async () => {
    const first = start('--sip', 'udp:127.0.0.1:0', '--control', '127.0.0.1:0', '--secret', 'cymru');
    const port = await first.ready;
    const { code, err } = await start('--sip', 'udp:127.0.0.1:0', '--control', `127.0.0.1:${port}`, '--secret', 'cymru').ended;
    expect(code).toBe(1);
    expect(err).toContain(`TCP 127.0.0.1:${port}: the port is in use by node (process ${first.child.pid})`);
    first.child.kill('SIGTERM');
    await first.ended;
  });
});
