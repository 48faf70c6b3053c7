// Which tests run in which project of vitest.config.ts. Live is what reaches programs, sockets or threads through its own imports and the
// harnesses it uses, so that a new test cannot land among the unit tests, which share their process.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const reaches = ['node:child_process', 'node:dgram', 'node:tls', 'node:worker_threads', 'src/app/app.ts'];

/** These compute for seconds: they run while live tests wait. */
export const longTests = [
  'src/devices/damage.test.ts',
  'src/devices/nonces.test.ts',
  'src/sip-engine/control/fuzz.test.ts',
  'src/sip-engine/fuzz.test.ts',
  'src/sip-engine/overload.test.ts',
  'src/sip-engine/proxy/random.test.ts',
  'src/sip-engine/transaction/transaction-layer.test.ts',
  'src/sip-engine/transport/source-limits.test.ts',
  'src/sip-engine/untrusted-sources.test.ts',
  'src/sip-engine/user-agent/housekeeping.test.ts',
  'src/sip-engine/user-agent/user-agent-core.test.ts',
];

/** These measure real time or load the whole machine: one neighbour at most. */
export const heavyTests = ['stalled-calls', 'chaos', 'api-schemathesis', 'flood', 'full-disk', 'stall', 'image'].map(
  (name) => `src/app/flows/${name}.test.ts`,
);

/** What starts Home Assistant: its tests share one, in one process. */
const homeAssistant = 'src/testing/home-assistant/home-assistant.ts';

/** These take longest, most of all the first. Started last, they would run on alone. */
export const startFirst = [
  ...heavyTests,
  'src/app/flows/damage.test.ts',
  'src/app/flows/twilio-registration.test.ts',
  'src/app/flows/kill.test.ts',
  'src/app/flows/twilio-messages-once.test.ts',
  'src/app/flows/twilio-recovery.test.ts',
  'src/app/flows/login.test.ts',
  'src/app/flows/twilio-calls.test.ts',
  'src/app/flows/backup.test.ts',
  'src/app/flows/twilio-trunk.test.ts',
  'src/app/flows/restore-older.test.ts',
  'src/sip-engine/drachtio-suite.test.ts',
  'src/twilio/sync/exactly-once.test.ts',
  'src/app/flows/twilio-voicemail-faults.test.ts',
  'src/app/flows/real-phones.jssip.test.ts',
  'src/storage/kill.test.ts',
  'src/sip-engine/engine.test.ts',
];

const imports = /^(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)/gm;

/** The live tests below this folder: their paths from there. */
export function liveTests(root: string): string[] {
  return [...new Set([...testsThatReach(reaches, root), ...longTests.filter((path) => existsSync(join(root, path)))])];
}

/** Those of the live tests that need a Home Assistant. */
export function homeAssistantTests(root: string): string[] {
  return testsThatReach([homeAssistant], root);
}

function testsThatReach(wanted: readonly string[], root: string): string[] {
  const known = new Map<string, boolean>();
  const isFollowed = (path: string) => path.startsWith('src/testing/') || path.endsWith('.test.ts');
  const target = (path: string, from: string) => {
    if (from.startsWith('#')) return `src/${from.slice(1)}`;
    return from.startsWith('.') ? relative(root, resolve(root, dirname(path), from)) : from;
  };
  const isOne = (path: string): boolean => {
    if (wanted.includes(path)) return true;
    const before = known.get(path);
    if (before !== undefined) return before;
    // A path may also stand in a text that a test plants somewhere else.
    if (!isFollowed(path) || !path.endsWith('.ts') || !existsSync(join(root, path))) return false;
    const text = readFileSync(join(root, path), 'utf8');
    const found = [...text.matchAll(imports)].some(([, named, dynamic]) => isOne(target(path, named ?? dynamic ?? '')));
    known.set(path, found);
    return found;
  };
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((path) => `src/${path}`);
  return files.filter((path) => path.endsWith('.test.ts') && isOne(path));
}
