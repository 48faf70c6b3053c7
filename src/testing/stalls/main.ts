// Calls of every kind to a house that is stopped for 0.3 to 1.2 s again and again. Called by script/stalls; ends with 1 where a caller was
// left without exactly one final answer, or anything of a call was left over.
import { parseArgs } from 'node:util';
import { runStalls } from './run.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '3600' },
    'at-once': { type: 'string', default: '250' },
    seed: { type: 'string', default: '911' },
  },
});
const plan = {
  calls: Number(values.calls),
  seconds: Number(values.seconds),
  atOnce: Number(values['at-once']),
  seed: Number(values.seed),
};
if (!Object.values(plan).every(Number.isInteger) || plan.calls < 1 || plan.seconds < 1 || plan.atOnce < 1) {
  process.stderr.write(
    `--calls, --seconds, --at-once and --seed take whole numbers, all but the seed at least 1; got ${Object.values(values).join(', ')}\n`,
  );
  process.exit(2);
}

process.stdout.write(`At most ${plan.calls} calls in ${plan.seconds} s, ${plan.atOnce} at once, seed ${plan.seed}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
const start = performance.now();
const say = (what: string) => process.stdout.write(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s ${what}\n`);
const { lines, faults } = await runStalls({ ...plan, say });
process.stdout.write(`${lines.join('\n')}\n`);
for (const what of faults) process.stdout.write(`FAULT: ${what}\n`);
process.stdout.write(faults.length === 0 ? 'Every caller got one final answer.\n' : `${faults.length} faults.\n`);
process.exit(faults.length === 0 ? 0 : 1);
