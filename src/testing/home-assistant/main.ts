// What script/home-assistant starts for somebody who wants to look around: it goes on when this ends.
import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeConfiguration } from './configuration.ts';
import { CoreClient } from './core-client.ts';
import { script } from './home-assistant.ts';
import { addMqtt, onboard, owner, untilItServes } from './onboarding.ts';

const word = { type: 'string' } as const;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '8123' }, config: word, mqtt: word, 'mqtt-user': word, 'mqtt-password': word },
});
const port = Number(values.port);
const url = `http://127.0.0.1:${port}`;
const pidFile = join(tmpdir(), `gosip-home-assistant-${port}.pid`);

async function start(): Promise<void> {
  const config = values.config ?? join(tmpdir(), `gosip-home-assistant-${port}`);
  if (values.config === undefined) rmSync(config, { recursive: true, force: true });
  await writeConfiguration(config, port, '');
  const printed = openSync(join(config, 'printed.log'), 'a');
  const child = spawn(script, ['run', String(port), config], { detached: true, stdio: ['ignore', printed, printed] });
  child.unref();
  writeFileSync(pidFile, String(child.pid));
  await untilItServes(url, '', () => child.exitCode !== null);
  const token = await onboard(url);
  if (values.mqtt !== undefined) await connectBroker(token, values.mqtt);
  process.stdout.write(`${JSON.stringify({ url, token, ...owner, config, pid: child.pid })}\n`);
}

async function connectBroker(token: string, address: string): Promise<void> {
  const { 'mqtt-user': username, 'mqtt-password': password } = values;
  const [host = '', brokerPort = '1883'] = address.split(':');
  const login = username === undefined || password === undefined ? {} : { username, password };
  using client = await CoreClient.connect(url, token);
  await addMqtt(client, { host, port: Number(brokerPort), ...login });
}

async function stop(): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  for (let tenth = 0; isRunning(pid); tenth += 1) {
    if (tenth % 300 === 0) process.kill(pid, tenth === 0 ? 'SIGTERM' : 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  rmSync(pidFile);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

await (positionals[0] === 'stop' ? stop() : start());
