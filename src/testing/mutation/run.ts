// Changes the source in one small place at a time and looks whether a test notices: script/mutants says how.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { heavyTests, liveTests } from '../../../script/test-projects.ts';
import { seededRandom } from '#testing/base/seeded-random.ts';
import { applyMutant, mutantsOf } from './mutants.ts';
import type { Mutant } from './mutants.ts';
import { bySubject, ImportGraph } from './related-tests.ts';

const project = join(import.meta.dirname, '../../..');
/** Those in which something is decided; the SIP engine has suites of its own. */
const usualRooms = [
  ...['calls', 'routing', 'devices', 'numbers', 'people', 'contacts', 'voicemail', 'messages'],
  ...['system', 'notify', 'http', 'app'],
];
/** A mutant that hangs is noticed as well: after this, or several times as long as the tests take without it on a busy machine. */
const minTimeoutMs = 120_000;
const maxTimeoutMs = 900_000;
/** Unit tests first; a mutant that survives them meets the nearest tests with real programs. Farther ones notice little and take long. */
const stages = [
  { project: 'unit', maxTestFiles: 12 },
  { project: 'live', maxTestFiles: 3 },
] as const;

type Place = Mutant & { readonly file: string };
type Outcome = 'killed' | 'survived' | 'untested';

const { values, positionals } = parseArgs({
  options: { sample: { type: 'string' }, seed: { type: 'string' }, all: { type: 'boolean' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
if (values.help === true) {
  process.stdout.write('Usage: script/mutants [room or file …] [--sample N a room, 25 by default] [--all] [--seed N]\n');
  process.exit(0);
}
const sample = values.all === true ? Infinity : Number(values.sample ?? 25);
const random = seededRandom(Number(values.seed ?? 1));

const files = spawnSync('git', ['ls-files', 'src'], { cwd: project, encoding: 'utf8' })
  .stdout.split('\n')
  .filter((file) => file.endsWith('.ts'));
const heavy = new Set(heavyTests);
const live = new Set(liveTests(project));
const graph = new ImportGraph(files, (file) => readFileSync(join(project, file), 'utf8'));

/** A tree of its own, so that nobody's work is changed. */
function makeTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'gosip-mutants-'));
  const tracked = spawnSync('git', ['ls-files'], { cwd: project, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  for (const file of tracked) cpSync(join(project, file), join(tree, file));
  symlinkSync(join(project, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

function placesIn(where: string): Place[] {
  const within = where.endsWith('.ts') ? where : `src/${where}/`;
  return files
    .filter((file) => file.startsWith(within) && !file.endsWith('.test.ts'))
    .flatMap((file) => mutantsOf(readFileSync(join(project, file), 'utf8')).map((mutant) => ({ ...mutant, file })));
}

function sampled(places: Place[]): Place[] {
  const left = [...places];
  const taken: Place[] = [];
  while (taken.length < sample && left.length > 0) taken.push(...left.splice(random(left.length), 1));
  return taken;
}

type Run = { readonly stage: 'unit' | 'live'; readonly tests: readonly string[]; readonly timeoutMs: number };

async function passes(tree: string, { stage, tests, timeoutMs }: Run): Promise<boolean> {
  const flags = ['run', `--project=${stage}`, '--bail=1', '--retry=0', '--passWithNoTests', '--reporter=dot', ...tests];
  const child = spawn(process.execPath, [join(tree, 'node_modules/vitest/vitest.mjs'), ...flags], {
    cwd: tree,
    stdio: 'ignore',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const ended = Promise.withResolvers<number | null>();
  child.on('close', ended.resolve);
  return (await ended.promise) === 0;
}

/** Tests that fail without a mutant would kill every one. Returns how long they take, in milliseconds. */
const checked = new Map<string, number>();
async function assertPassing(tree: string, stage: 'unit' | 'live', tests: readonly string[]): Promise<number> {
  const key = `${stage} ${tests.join(' ')}`;
  const known = checked.get(key);
  if (known !== undefined) return known;
  const started = performance.now();
  if (!(await passes(tree, { stage, tests, timeoutMs: maxTimeoutMs })))
    throw new Error(`These ${stage} tests fail without a mutant: ${tests.join(' ')}`);
  const tookMs = performance.now() - started;
  checked.set(key, tookMs);
  return tookMs;
}

async function tryMutant(tree: string, place: Place): Promise<Outcome> {
  const tests = graph.testsOf(place.file).filter((test) => !heavy.has(test));
  if (tests.length === 0) return 'untested';
  const source = readFileSync(join(project, place.file), 'utf8');
  for (const stage of stages) {
    const ofStage = tests.filter((test) => live.has(test) === (stage.project === 'live'));
    const near = bySubject(place.file, ofStage).slice(0, stage.maxTestFiles);
    if (near.length === 0) continue;
    const tookMs = await assertPassing(tree, stage.project, near);
    const timeoutMs = Math.round(Math.min(maxTimeoutMs, Math.max(minTimeoutMs, 5 * tookMs)));
    writeFileSync(join(tree, place.file), applyMutant(source, place));
    const hasSurvived = await passes(tree, { stage: stage.project, tests: near, timeoutMs });
    writeFileSync(join(tree, place.file), source);
    if (!hasSurvived) return 'killed';
  }
  return 'survived';
}

async function runRoom(tree: string, where: string): Promise<string> {
  const places = placesIn(where);
  const count = { killed: 0, survived: 0, untested: 0 };
  for (const place of sampled(places)) {
    const outcome = await tryMutant(tree, place);
    count[outcome] += 1;
    if (outcome !== 'killed') process.stdout.write(`${outcome}: ${place.file}:${place.line} ${place.what}\n`);
  }
  const tried = count.killed + count.survived + count.untested;
  const score = tried === 0 ? 100 : Math.round((100 * count.killed) / tried);
  return `| \`${where}\` | ${count.killed} of ${tried} | ${score} % | ${places.length} |`;
}

const tree = makeTree();
const removeTree = () => rmSync(tree, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    removeTree();
    process.exit(1);
  });
try {
  const rows: string[] = [];
  for (const where of positionals.length > 0 ? positionals : usualRooms) rows.push(await runRoom(tree, where));
  process.stdout.write(`\n| room | mutants killed | score | mutants there are |\n|---|---|---|---|\n${rows.join('\n')}\n`);
} finally {
  removeTree();
}
