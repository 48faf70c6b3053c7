#!/usr/bin/env bash
# Home Assistant 2026.11.0: a template that gives a text like a whole number gives the number instead, also with a plus before it: of a telephone
# number in international form the plus is lost (+4930111 becomes 4930111), and a filter such as `string` does not help, because the text is read
# after all filters. With spaces between its groups, or beginning with 00, the same telephone number stays as it is.
# One would have guessed a text, since the number that comes out is not written back as it was. Needs what script/home-assistant needs.
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
input_text:
  together: { initial: "+4930111" }
  spaced: { initial: "+49 30 111" }
  zeros: { initial: "004930111" }
script:
  read:
    sequence:
      - variables:
          result:
            together: "{{ states('input_text.together') }}"
            together_string: "{{ states('input_text.together') | string }}"
            together_in_list: "{{ [states('input_text.together')] }}"
            together_in_text: "tel:{{ states('input_text.together') }}"
            spaced: "{{ states('input_text.spaced') }}"
            zeros: "{{ states('input_text.zeros') }}"
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
const call = () => fetch(`${url}/api/services/script/read?return_response`, { method: 'POST', headers, body: '{}' });
// It serves before its scripts are there.
let response = await call();
for (let second = 0; !response.ok && second < 60; second += 1) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  response = await call();
}
const { service_response: read } = await response.json();
for (const [name, value] of Object.entries(read)) console.log(`${name}: ${JSON.stringify(value)}`);
PROGRAM
cat >expected <<'EXPECTED'
together: 4930111
together_string: 4930111
together_in_list: ["+4930111"]
together_in_text: "tel:+4930111"
spaced: "+49 30 111"
zeros: "004930111"
EXPECTED
timeout 120 node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Hand telephone numbers on in a list, with a word before them, or with a space in them; or take a bare number for one that has lost its plus.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
