// Takes the place of test/sipp.js in a copy of drachtio-srf: the same functions, with sipp itself instead of a container of it.
// The environment says where things are: SUITE_NETWORK ('127.29.0.'), SUITE_HOSTS (JSON, name → address).

const { spawn } = require('node:child_process');

const network = process.env.SUITE_NETWORK;
const hosts = JSON.parse(process.env.SUITE_HOSTS);
let collected = '';
let calls = 0;

const functions = {
  output: () => collected,

  /** Plays a caller; resolves when the scenario ran to its end. */
  sippUac(file) {
    collected = '';
    calls += 1;
    return run([
      ...['-sf', `${__dirname}/scenarios/${file}`, '-m', '1', '-sleep', '250ms', '-nostdin', '-timeout', '70'],
      ...['-i', `${network}1`, '-p', String(20_000 + calls), '-cid_str', `%u-%p@%s-${calls}`],
      hosts['drachtio-sut'],
    ]);
  },

  /** Plays a callee under a name; resolves when the scenario ran to its end. */
  sippUas(file, name) {
    return run([
      ...['-sf', `${__dirname}/scenarios/${file}`, '-m', '1', '-nostdin', '-timeout', '60'],
      ...['-i', hosts[name], '-p', '5060'],
    ]);
  },
};

module.exports = () => functions;

function run(args) {
  return new Promise((resolve, reject) => {
    const sipp = spawn('sipp', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [sipp.stdout, sipp.stderr]) {
      stream.setEncoding('latin1');
      stream.on('data', (text) => {
        collected += text;
      });
    }
    sipp.on('error', reject);
    sipp.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`sipp ${args[1]} ended with ${code ?? signal}\n${collected}`));
    });
  });
}
