#!/usr/bin/env bash
# Home Assistant 2026.11.0: an mqtt trigger of wait_for_trigger asks the broker for its topic 100 ms later (subscriptions are collected), while
# mqtt.publish goes out at once. A script that begins to wait and then, in parallel, sends its request does not hear a device that answers
# quickly, and waits until its timeout. One would have guessed that who waits first hears everything that comes after.
# Needs a broker (Debian: mosquitto, mosquitto-clients) and what script/home-assistant needs.
set -euo pipefail
export HOME_ASSISTANT_VERSION=2026.11.0
home_assistant=$(cd "$(dirname "$0")/.." && pwd)/script/home-assistant
folder=$(mktemp -d)
port= broker=
trap '[ -z "$port" ] || "$home_assistant" stop --port "$port"; [ -z "$broker" ] || kill "$broker"; rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error mqtt@5.16.0 >/dev/null
free_port() { node -e "const server = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(server.address().port); server.close(); })"; }
broker_port=$(free_port)
PATH=$PATH:/usr/sbin mosquitto -p "$broker_port" >broker.log 2>&1 &
broker=$!
mkdir house
http_port=$(free_port)
cat >house/configuration.yaml <<CONFIGURATION
http:
  server_host: 127.0.0.1
  server_port: $http_port
frontend:
script:
  ask:
    sequence:
      - variables: { heard: false }
      - parallel:
          - sequence:
              - wait_for_trigger: [{ trigger: mqtt, topic: reply }]
                timeout: 3
              - variables: { heard: "{{ wait.trigger is not none }}" }
          - sequence:
              - delay: { milliseconds: "{{ pause }}" }
              - action: mqtt.publish
                data: { topic: request, payload: ask }
      - variables: { result: { heard: "{{ heard }}" } }
      - stop: done
        response_variable: result
CONFIGURATION
sleep 1
# It publishes "online" as soon as it has subscribed to everything.
timeout 300 mosquitto_sub -p "$broker_port" -t homeassistant/status -C 1 >online &
online=$!
"$home_assistant" install
port=$http_port
"$home_assistant" start --port "$port" --config "$folder/house" --mqtt "127.0.0.1:$broker_port" >started
wait "$online"
cat >run.mjs <<'PROGRAM'
import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';

const { url, token } = JSON.parse(readFileSync('started', 'utf8'));
// The device: answers at once.
const device = mqtt.connect({ host: '127.0.0.1', port: Number(process.argv[2]) });
await new Promise((resolve) => device.once('connect', resolve));
await device.subscribeAsync('request');
let answers = 0;
device.on('message', () => {
  answers += 1;
  device.publish('reply', 'here');
});
for (const pause of [0, 500, 0]) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ pause });
  answers = 0;
  const response = await fetch(`${url}/api/services/script/ask?return_response`, { method: 'POST', headers, body });
  const { heard } = (await response.json()).service_response;
  console.log(`request ${pause} ms after the wait began: ${answers} reply sent, ${heard ? 'heard' : 'not heard in 3 s'}`);
  // So that its subscription of this time is given up before the next.
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
await device.endAsync();
PROGRAM
cat >expected <<'EXPECTED'
request 0 ms after the wait began: 1 reply sent, not heard in 3 s
request 500 ms after the wait began: 1 reply sent, heard
request 0 ms after the wait began: 1 reply sent, not heard in 3 s
EXPECTED
timeout 60 node run.mjs "$broker_port" | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Wait half a second before the request, or have the reply come to a sensor or an event entity: these are subscribed all the time.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
