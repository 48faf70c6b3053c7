#!/usr/bin/env bash
# mqtt (MQTT.js) 5.16.0: publishAsync waits while there is no broker; after end(true) that promise neither resolves nor rejects, ever.
# One would have guessed a rejection, as publishAsync after the end has one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error mqtt@5.16.0 >/dev/null
cat >run.mjs <<'PROGRAM'
import mqtt from 'mqtt';

// The discard port: nobody listens there.
const client = mqtt.connect({ host: '127.0.0.1', port: 9, reconnectPeriod: 1000 });
client.on('error', () => {});
const outcome = (promise) => promise.then(() => 'sent', ({ message }) => `rejected: ${message}`);
const waiting = outcome(client.publishAsync('a', 'b', { qos: 1 }));
await new Promise((resolve) => setTimeout(resolve, 200));
await client.endAsync(true);
const late = () => new Promise((resolve) => setTimeout(resolve, 5000, 'still pending after five seconds'));
console.log(`before the end: ${await Promise.race([waiting, late()])}`);
console.log(`after the end: ${await Promise.race([outcome(client.publishAsync('a', 'b', { qos: 1 })), late()])}`);
process.exit(0);
PROGRAM
cat >expected <<'EXPECTED'
before the end: still pending after five seconds
after the end: rejected: client disconnecting
EXPECTED
node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' "Never wait for a publish in a shutdown without a limit of one's own."
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
