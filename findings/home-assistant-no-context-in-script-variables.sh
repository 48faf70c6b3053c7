#!/usr/bin/env bash
# Home Assistant 2026.11.0: `context` (who has started this) is there in every step of a script, but not in the `variables:` of the script itself: these
# are worked out before. A `variables: {caller: "{{ context.user_id }}"}` that works as a step fails at the head of the script.
# One would have guessed that both see the same. Needs what script/home-assistant needs.
set -euo pipefail
export HOME_ASSISTANT_VERSION=2026.11.0
home_assistant=$(cd "$(dirname "$0")/.." && pwd)/script/home-assistant
folder=$(mktemp -d)
port=
trap '[ -z "$port" ] || "$home_assistant" stop --port "$port"; rm -rf "$folder"' EXIT
cd "$folder"
mkdir house
http_port=$(node -e "const server = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(server.address().port); server.close(); })")
cat >house/configuration.yaml <<CONFIGURATION
http:
  server_host: 127.0.0.1
  server_port: $http_port
frontend:
script:
  step:
    sequence:
      - variables:
          result: { known: "{{ context is defined }}", names_a_user: "{{ context.user_id is string }}" }
      - stop: done
        response_variable: result
  head:
    variables:
      known: "{{ context is defined }}"
    sequence:
      - variables: { result: { known: "{{ known }}" } }
      - stop: done
        response_variable: result
CONFIGURATION
"$home_assistant" install
port=$http_port
"$home_assistant" start --port "$port" --config "$folder/house" >started
cat >run.mjs <<'PROGRAM'
import { readFileSync } from 'node:fs';

const { url, token } = JSON.parse(readFileSync('started', 'utf8'));
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const call = (name) => fetch(`${url}/api/services/script/${name}?return_response`, { method: 'POST', headers, body: '{}' });
for (const name of ['step', 'head']) {
  // It serves before its scripts are there.
  let response = await call(name);
  for (let second = 0; !response.ok && second < 60; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    response = await call(name);
  }
  console.log(`${name}: ${JSON.stringify((await response.json()).service_response)}`);
}
PROGRAM
cat >expected <<'EXPECTED'
step: {"known":true,"names_a_user":true}
head: {"known":false}
EXPECTED
timeout 150 node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'What follows from context belongs into a step of variables at the beginning.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
