#!/usr/bin/env bash
# mqtt (MQTT.js) 5.16.0 by MQTT 5 with Mosquitto: what reached nobody and what reached somebody look alike to the caller of publishAsync. The broker
# says "no matching subscribers" (reason code 16 of its PUBACK), but the promise resolves with the packet that was sent, not with the answer.
# One would have guessed the PUBACK, or its reason code, in the result. The event packetreceive alone has it.
# Needs a broker that says so (Debian: mosquitto).
set -euo pipefail
folder=$(mktemp -d)
broker=
trap '[ -z "$broker" ] || kill "$broker"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error mqtt@5.16.0 >/dev/null
port=$(node -e "const server = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(server.address().port); server.close(); })")
PATH=$PATH:/usr/sbin mosquitto -p "$port" >broker.log 2>&1 &
broker=$!
cat >run.mjs <<'PROGRAM'
import mqtt from 'mqtt';

const client = mqtt.connect({ host: '127.0.0.1', port: Number(process.argv[2]), protocolVersion: 5, reconnectPeriod: 100 });
client.on('error', () => {});
await new Promise((resolve) => client.once('connect', resolve));
await client.subscribeAsync('somebody');
let answer;
client.on('packetreceive', (packet) => packet.cmd === 'puback' && (answer = packet));
for (const topic of ['somebody', 'nobody']) {
  const { cmd, reasonCode, properties } = await client.publishAsync(topic, 'ring', { qos: 1 });
  const result = `resolved with: ${cmd}, reason code ${reasonCode ?? 'none'}, properties ${properties === undefined ? 'none' : JSON.stringify(properties)}`;
  console.log(`${topic} subscribed: ${result}; packetreceive had: ${answer.cmd}, reason code ${answer.reasonCode}`);
}
await client.endAsync();
PROGRAM
cat >expected <<'EXPECTED'
somebody subscribed: resolved with: publish, reason code none, properties none; packetreceive had: puback, reason code 0
nobody subscribed: resolved with: publish, reason code none, properties none; packetreceive had: puback, reason code 16
EXPECTED
timeout 30 node run.mjs "$port" | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Who has to know whether anybody listens takes the reason code from packetreceive, by the messageId.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
