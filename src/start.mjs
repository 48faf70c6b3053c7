// The way in for every Node.js: an older one cannot even read the TypeScript of main.ts, so this file is plain JavaScript.
const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major === wanted) {
  await import('./main.ts');
} else {
  process.stderr.write(`GoSIP runs on Node.js ${wanted}, and this is ${process.versions.node}: start it with script/server\n`);
  process.exitCode = 1;
}
