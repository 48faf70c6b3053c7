#!/usr/bin/env bash
# Home Assistant 2026.11.0 (its issue 179754): a template whose text begins with digits and, without a space, a word of Python such as "in" or "is" (a
# size in inches: 55in TV) writes a SyntaxWarning of Python to the log, though the text comes out as it should: each text is tried as a literal of
# Python first. The line names neither the template nor its script. One would have guessed that a text says nothing to anybody's compiler.
# Needs what script/home-assistant needs.
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
  say:
    fields:
      unit: {}
    sequence:
      - variables: { result: { text: "{{ 55 }}{{ unit }} TV" } }
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
const call = (unit) => fetch(`${url}/api/services/script/say?return_response`, { method: 'POST', headers, body: JSON.stringify({ unit }) });
const warnings = () => readFileSync('house/printed.log', 'utf8').split('\n').filter((line) => line.includes('SyntaxWarning'));
for (const unit of ['"', ' in', 'in']) {
  // It serves before its scripts are there.
  let response = await call(unit);
  for (let second = 0; !response.ok && second < 60; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    response = await call(unit);
  }
  const { text } = (await response.json()).service_response;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  console.log(`${text}: ${warnings().length === 0 ? 'nothing in the log' : warnings()[0].replace(/^.*?<unknown>/, '<unknown>')}`);
}
PROGRAM
cat >expected <<'EXPECTED'
55" TV: nothing in the log
55 in TV: nothing in the log
55in TV: <unknown>:1: SyntaxWarning: invalid decimal literal
EXPECTED
timeout 150 node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Write a space between a number and its unit.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
