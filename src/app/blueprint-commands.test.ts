import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLog } from '#base/log.ts';
import { parseOptions } from '#options/options.ts';
import { createApp } from './app.ts';

const folder = join(import.meta.dirname, '../../blueprints');

it('blueprints ask for commands that the house has', async () => {
  const data = mkdtempSync(join(tmpdir(), 'gosip-blueprints-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const read = parseOptions({
    data_directory: data,
    sip_listen: ['udp:127.0.0.1:0'],
    http_host: '127.0.0.1',
    http_port: 0,
    media: 'direct',
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('; '));
  await using app = await createApp(read.options, { log: createLog({ level: 'silent' }) });
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  const texts = files.map((path) => readFileSync(join(folder, path), 'utf8'));
  const asked = new Set(texts.flatMap((text) => [...text.matchAll(/\/command\/(\w+)/g)].map(([, name]) => name)));
  // One blueprint has the name of its command in a template.
  for (const text of texts) {
    for (const [, names = ''] of text.matchAll(/ command: (?:>-\s+)?['"]?\{\{ \{(.*?)\}/gs)) {
      for (const [, name] of names.matchAll(/: '(\w+)'/g)) asked.add(name);
    }
  }
  expect([...asked]).toEqual(
    expect.arrayContaining(['voicemails', 'calls', 'call', 'dnd', 'mark_heard', 'escalate', 'send_sms']),
  );
  const commands = new Set(app.commands.map(({ declaration }) => declaration.name));
  expect([...asked].filter((name) => name === undefined || !commands.has(name))).toEqual([]);
});
