// Ten phones call each other and for help while everything goes wrong at once. Called by script/chaos; ends with 1 where an emergency call
// or something that was acknowledged is lost.
import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string', default: '911' } },
});
const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
if (!Number.isInteger(seconds) || seconds < 1 || !Number.isInteger(seed)) {
  process.stderr.write(
    `--seconds and --seed take whole numbers, and --seconds at least 1; got ${values.seconds} and ${values.seed}\n`,
  );
  process.exit(2);
}

process.stdout.write(`Chaos for ${seconds} s, seed ${seed}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
const start = performance.now();
const say = (what: string) => process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s ${what}\n`);
const { lines, lost } = await runChaos({ seconds, seed, say });
process.stdout.write(`${lines.join('\n')}\n`);
for (const what of lost) process.stdout.write(`LOST: ${what}\n`);
process.stdout.write(lost.length === 0 ? 'Nothing was lost.\n' : `${lost.length} lost.\n`);
process.exit(lost.length === 0 ? 0 : 1);
