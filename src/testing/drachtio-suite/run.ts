import { expected, runSuite } from './suite.ts';

// By hand: node src/testing/drachtio-suite/run.ts [file…]. SUITE_LOG=debug also shows what the engines log.

const level = process.env['SUITE_LOG'];
const files = process.argv.slice(2);
const results = await runSuite({
  ...(files.length > 0 ? { files } : {}),
  ...(level === undefined ? {} : { log: { level, write: (text) => process.stderr.write(text) } }),
  onFile({ file, passed, failed, output }) {
    const isRight = passed === expected[file] && failed === 0;
    console.log(`${isRight ? 'ok    ' : 'NOT OK'} ${file}: ${passed} of ${expected[file]} passed, ${failed} failed`);
    if (!isRight) console.log(output);
  },
});
console.log(`${results.reduce((sum, { passed }) => sum + passed, 0)} assertions passed`);
process.exitCode = results.every(({ file, passed, failed }) => passed === expected[file] && failed === 0) ? 0 : 1;
