// The way in for every Node.js: an older one cannot even read the TypeScript of main.ts, so this file is plain JavaScript.
import * as modules from 'node:module';
import { fileURLToPath } from 'node:url';

const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major === wanted) {
  // What was compiled once need not be again: a start takes half the time and holds less. Where the folder cannot be written, nothing is lost.
  modules.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/gosip', import.meta.url)));
  await import('./main.ts');
} else {
  process.stderr.write(`GoSIP runs on Node.js ${wanted}, and this is ${process.versions.node}: start it with script/server\n`);
  process.exitCode = 1;
}
