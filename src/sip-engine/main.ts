import { readFileSync } from 'node:fs';
import { parseCommandLine } from './command-line.ts';
import { createEngine } from './engine.ts';
import { createLineLog } from './line-log.ts';
import { engineSystemClock } from './runtime/system-clock.ts';

// Runs the engine standalone: node src/sip-engine/main.ts --help.
// Must stay true: a bad option ends it with all problems in one message; SIGTERM and SIGINT release its calls before it ends.

const line = parseCommandLine(process.argv.slice(2), (path) => readFileSync(path));

if (line.kind === 'help') process.stdout.write(line.text);
else if (line.kind === 'problems') fail(line.problems);
else {
  const log = createLineLog(line.log, engineSystemClock, (text) => process.stdout.write(text));
  const engine = createEngine(line.options, { clock: engineSystemClock, log });
  const leave = (): void => void engine.stop();
  try {
    await engine.start();
    process.once('SIGTERM', leave);
    process.once('SIGINT', leave);
  } catch (error) {
    fail([error instanceof Error ? error.message : String(error)]);
  }
}

function fail(problems: readonly string[]): void {
  process.stderr.write(`The SIP engine cannot start:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exitCode = 1;
}
