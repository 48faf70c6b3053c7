// Changes the source in one small place at a time and looks whether a test notices: script/mutants says how.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '#testing/harness/seeded-random.ts';
import { applyMutant, mutantsOf } from './mutants.ts';
import type { Mutant } from './mutants.ts';
import { ImportGraph } from './related-tests.ts';

const project = join(import.meta.dirname, '../../..');
const usualRooms = ['calls', 'devices', 'numbers', 'voicemail', 'messages', 'app'];
/** A mutant that hangs is noticed as well. */
const timeoutMs = 120_000;
/** Of many tests that reach a file by many steps, the far ones notice little and take long. */
const maxTestFiles = 12;

type Place = Mutant & { readonly file: string };
type Outcome = 'killed' | 'survived' | 'untested';

const { values, positionals } = parseArgs({
  options: { sample: { type: 'string' }, seed: { type: 'string' }, all: { type: 'boolean' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
if (values.help === true) {
  process.stdout.write('Usage: script/mutants [room or file …] [--sample N a room, 25 unless told] [--all] [--seed N]\n');
  process.exit(0);
}
const sample = values.all === true ? Infinity : Number(values.sample ?? 25);
const random = seededRandom(Number(values.seed ?? 1));

const files = spawnSync('git', ['ls-files', 'src'], { cwd: project, encoding: 'utf8' })
  .stdout.split('\n')
  .filter((file) => file.endsWith('.ts'));
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

/** Whether the tests pass in `tree`; undefined where there are none. */
async function passes(tree: string, tests: readonly string[]): Promise<boolean> {
  const vitest = join(tree, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--bail=1', '--reporter=dot', ...tests], {
    cwd: tree,
    stdio: 'ignore',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const ended = Promise.withResolvers<number | null>();
  child.on('close', ended.resolve);
  return (await ended.promise) === 0;
}

async function tryMutant(tree: string, place: Place): Promise<Outcome> {
  const tests = graph.testsOf(place.file).slice(0, maxTestFiles);
  if (tests.length === 0) return 'untested';
  const source = readFileSync(join(project, place.file), 'utf8');
  try {
    writeFileSync(join(tree, place.file), applyMutant(source, place));
    return (await passes(tree, tests)) ? 'survived' : 'killed';
  } finally {
    writeFileSync(join(tree, place.file), source);
  }
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
try {
  const rows: string[] = [];
  for (const where of positionals.length > 0 ? positionals : usualRooms) rows.push(await runRoom(tree, where));
  process.stdout.write(`\n| room | mutants killed | score | mutants there are |\n|---|---|---|---|\n${rows.join('\n')}\n`);
} finally {
  rmSync(tree, { recursive: true, force: true });
}
