import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { createLog } from '#base/log.ts';
import { chosenAddress } from './local-address.ts';
import { RtpengineProcess } from './rtpengine-process.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gosip-rtpengine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the environment of the relay holds no option, and so no password', async () => {
  const program = join(folder, 'rtpengine');
  const seen = join(folder, 'environment');
  writeFileSync(program, `#!/bin/sh\nenv >${seen}\nexit 1\n`);
  chmodSync(program, 0o755);
  process.env['GOSIP_TRUNKS'] = '[{"password":"secret-of-the-trunk"}]';
  const relay = new RtpengineProcess({
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    onStateChange: () => {},
    addresses: chosenAddress('127.0.0.1'),
    options: { ports: { min: 40_000, max: 40_100 }, program },
  });
  try {
    await relay.start();
    expect(existsSync(seen)).toBe(true);
    const names = readFileSync(seen, 'utf8')
      .split('\n')
      .flatMap((line) => line.split('=')[0] ?? []);
    expect(names).toContain('PATH');
    expect(names.filter((name) => !['', 'PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([]);
  } finally {
    delete process.env['GOSIP_TRUNKS'];
    await relay.stop();
  }
});
