// The way in for every Node.js: an older one cannot even read the TypeScript of app/main.ts, so this file is plain JavaScript.
import * as modules from 'node:module';
import { fileURLToPath } from 'node:url';

const wanted = 24;
// Left to itself V8 lets the young generation grow to 96 MB, and takes no other size once it runs. docs/performance.md has the figures.
const heapFlag = '--max-semi-space-size=4';
// oxlint-disable-next-line node/no-process-env -- for the allocator of the C library, no option of ours
const environment = process.env;

/** Begins again in the same process with what cannot be set later. */
function restart() {
  // Each thread would keep freed memory in arenas of its own.
  environment.MALLOC_ARENA_MAX ??= '1';
  process.execve(process.execPath, [process.execPath, heapFlag, ...process.execArgv, ...process.argv.slice(1)]);
}

/** Modules of ours, as package.json and the imports say: looking for files, and at what else they might be, is a tenth of a start. */
function resolve(specifier, context, next) {
  const isOurs = specifier.startsWith('#') || (specifier.startsWith('.') && specifier.endsWith('.ts'));
  if (!isOurs) return next(specifier, context);
  const url = specifier.startsWith('#') ? new URL(specifier.slice(1), import.meta.url) : new URL(specifier, context.parentURL);
  return { url: url.href, format: 'module-typescript', shortCircuit: true };
}

async function run() {
  // Not for the programs that we start.
  delete environment.MALLOC_ARENA_MAX;
  // What was compiled once need not be again: a start takes half the time and holds less. Where the folder cannot be written, nothing is lost.
  modules.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/gosip', import.meta.url)));
  modules.registerHooks({ resolve });
  await import('./app/main.ts');
}

const major = Number(process.versions.node.split('.')[0]);
if (major !== wanted) {
  process.stderr.write(`GoSIP runs on Node.js ${wanted}, and this is ${process.versions.node}: start it with script/server\n`);
  process.exitCode = 1;
} else if (process.execArgv.includes(heapFlag)) await run();
else restart();
