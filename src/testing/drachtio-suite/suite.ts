import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { answeringPeers, engines, hostsIn } from './hosts.ts';

// Runs the tests that lie inside the drachtio-srf package against this engine: their containers become processes on loopback addresses.
// Called by the test of the engine, and by hand: node src/testing/drachtio-suite/run.ts [file…].
// Must stay true: the package's lib and tests are copied as they are, but for the addresses and for how sipp is started.

export type FileResult = { readonly file: string; readonly passed: number; readonly failed: number; readonly output: string };

/** The assertions of each test file: all of them. Native drachtio-server 0.9.4 passes 17 of the first. */
export const expected: Readonly<Record<string, number>> = {
  b2b: 19,
  'reinvite-tests': 1,
  uac: 19,
  uas: 8,
  proxy: 2,
  refer: 1,
  utils: 27,
};

/** One of them waits for as long as all others together: it runs beside them, with engines and peers of its own. */
const lanes = [['uas'], Object.keys(expected).filter((file) => file !== 'uas')];

const root = join(import.meta.dirname, '../../..');
const secret = 'cymru';
const longestFileMs = 200_000;

export type SuiteOptions = {
  readonly files?: readonly string[];
  /** Where the engines' logs go; nowhere by default. */
  readonly log?: { readonly level: string; readonly write: (text: string) => void } | undefined;
  readonly onFile?: ((result: FileResult) => void) | undefined;
};

/** Runs the test files and gives what each counted. */
export async function runSuite({ files = Object.keys(expected), log, onFile }: SuiteOptions = {}): Promise<FileResult[]> {
  if (spawnSync('sipp', ['-v'], { stdio: 'ignore' }).error) throw new Error('sipp is missing: apt-get install sip-tester');
  const wanted = lanes.map((lane) => lane.filter((file) => files.includes(file))).filter((lane) => lane.length > 0);
  const networks = await freeNetworks(wanted.length);
  const results = await Promise.all(wanted.map((lane, index) => runLane(lane, networks[index] ?? '', { log, onFile })));
  return results.flat();
}

/** Runs test files one after the other in a network of their own. */
async function runLane(
  files: readonly string[],
  network: string,
  { log, onFile }: Pick<SuiteOptions, 'log' | 'onFile'>,
): Promise<FileResult[]> {
  const children: ChildProcess[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'drachtio-suite-'));
  try {
    const hosts = hostsIn(network);
    copyPackage(folder, network);
    const ports = await Promise.all(engines.map(({ name }) => startEngine(children, { address: hosts[name] ?? '', hosts, log })));
    writeConfig(folder, ports);
    for (const { last, scenario } of answeringPeers) children.push(startPeer(folder, `${network}${last}`, scenario));
    const results: FileResult[] = [];
    for (const file of files) {
      const result = await runFile(folder, file, { SUITE_NETWORK: network, SUITE_HOSTS: JSON.stringify(hosts) });
      results.push(result);
      onFile?.(result);
    }
    return results;
  } finally {
    await Promise.all(children.map(endProcess));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Networks of loopback addresses that no other run uses, so that several may run at once. */
async function freeNetworks(count: number): Promise<string[]> {
  const networks: string[] = [];
  for (let attempt = 0; attempt < 128; attempt += 1) {
    const network = `127.29.${(process.pid * 2 + attempt) % 250}.`;
    const isFree = await Promise.all(engines.map(({ last }) => canBind(`${network}${last}`)));
    if (isFree.every(Boolean)) networks.push(network);
    if (networks.length === count) return networks;
  }
  throw new Error('No free loopback network for the drachtio-srf suite');
}

async function canBind(address: string): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(5060, address);
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

function copyPackage(folder: string, network: string): void {
  const source = join(root, 'node_modules/drachtio-srf');
  cpSync(source, folder, {
    recursive: true,
    filter: (path) => path === source || !path.slice(source.length).includes('node_modules'),
  });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const entry of readdirSync(join(folder, 'test'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|xml)$/.test(entry)) continue;
    const path = join(folder, 'test', entry);
    const text = readFileSync(path, 'latin1').replaceAll('172.29.0.', network);
    writeFileSync(path, entry.endsWith('.xml') ? withEscapedBrackets(text) : text, 'latin1');
  }
  cpSync(join(import.meta.dirname, 'sipp.cjs'), join(folder, 'test/sipp.js'));
}

/** Three scenarios hold bare angle brackets in a regular expression, which Debian's sipp takes for XML and refuses. */
function withEscapedBrackets(scenario: string): string {
  return scenario.replace(/regexp="[^"]*"/g, (attribute) => attribute.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

/** Writes for the tests at which ports the engines' control connections are. */
function writeConfig(folder: string, ports: readonly number[]): void {
  const path = join(folder, 'config/test.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { port: number }>;
  engines.forEach(({ name }, index) => {
    const entry = config[name];
    if (entry !== undefined) entry.port = ports[index] ?? 0;
  });
  writeFileSync(path, JSON.stringify(config));
}

type EngineStart = { readonly address: string; readonly hosts: Record<string, string>; readonly log: SuiteOptions['log'] };

/** Starts the engine as a process of its own and resolves with its control port. */
async function startEngine(children: ChildProcess[], { address, hosts, log }: EngineStart): Promise<number> {
  // Some tests attach listeners after an await. On a busy machine their process does not always get its turn in 4 ms.
  const turnMs = '25';
  const names = Object.entries(hosts).flatMap(([name, host]) => ['--host', `${name}=${host}`]);
  const engine = spawn(
    process.execPath,
    [
      join(root, 'src/sip-engine/main.ts'),
      ...['--sip', `udp:${address}:5060`, '--control', '127.0.0.1:0', '--secret', secret],
      // One of the scripts wants its 100 at once, as trusted sources get it.
      ...['--trust', '127.0.0.0/8'],
      ...['--control-turn', turnMs, '--log', log?.level ?? 'info'],
      ...names,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(engine);
  return new Promise((resolve, reject) => {
    let text = '';
    engine.stdout.setEncoding('utf8');
    engine.stdout.on('data', (chunk: string) => {
      log?.write(chunk);
      if (text === 'ready') return;
      text += chunk;
      const port = /"controlPort":(\d+)/.exec(text)?.[1];
      if (port === undefined) return;
      text = 'ready';
      resolve(Number(port));
    });
    engine.on('exit', (code) => reject(new Error(`The engine at ${address} ended with ${code}: ${text}`)));
  });
}

function startPeer(folder: string, address: string, scenario: string): ChildProcess {
  const file = join(folder, `test/scenarios/${scenario}.xml`);
  const args = ['-sf', file, '-i', address, '-p', '5060', '-nostdin', '-timeout', '400'];
  const peer = spawn('sipp', args, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] });
  peer.on('error', () => {});
  return peer;
}

async function runFile(folder: string, file: string, environment: Record<string, string>): Promise<FileResult> {
  const test = spawn(process.execPath, [join(folder, 'test', `${file}.js`)], {
    cwd: folder,
    env: { ...process.env, ...environment, NODE_ENV: 'test' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestFileMs,
  });
  let output = '';
  for (const stream of [test.stdout, test.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  await once(test, 'close');
  const lines = output.split('\n');
  const passed = lines.filter((line) => /^ok \d+/.test(line)).length;
  const failed = lines.filter((line) => /^not ok \d+/.test(line)).length;
  return { file, passed, failed: failed + (test.exitCode === 0 || failed > 0 ? 0 : 1), output };
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
