#!/usr/bin/env bash
# twilio 6.3.1: list(options) of a resource keeps its state in the object it was given. Two lists that run at the same time with one options
# object: the second takes the first one's callback, and one of the two promises is left pending, without an error. A list alone with a frozen
# object is refused with a TypeError. Expected: options are read, never written. Who keeps the options of a query in a constant meets it.
# No network: the HTTP client is given to the library, as it allows, and answers by itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund twilio@6.3.1
cat >run.cjs <<'JS'
const twilio = require('twilio');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const httpClient = {
  async request({ uri }) {
    await sleep(5);
    const body = uri.includes('IncomingPhoneNumbers')
      ? { incoming_phone_numbers: [{ sid: 'PN1' }, { sid: 'PN2' }], next_page_uri: null }
      : { recordings: [{ sid: 'RE1' }], next_page_uri: null };
    return { statusCode: 200, body, headers: {} };
  },
};
const client = twilio(`AC${'0'.repeat(32)}`, 'token', { httpClient });
const both = (first, second) => {
  const lists = [client.incomingPhoneNumbers.list(first), client.recordings.list(second)];
  const lengths = Promise.all(lists).then((found) => found.map(({ length }) => length).join(' and '));
  return Promise.race([lengths, sleep(3000).then(() => 'one of them still pending after 3 s')]);
};
(async () => {
  console.log(`options of their own: ${await both({ limit: 100 }, { limit: 100 })}`);
  const shared = { limit: 100 };
  console.log(`shared options: ${await both(shared, shared)}`);
  console.log(`what is in them now: ${Object.keys(shared).join(' ')}`);
  try {
    await client.recordings.list(Object.freeze({ limit: 5 }));
    console.log('frozen options: taken');
  } catch (error) {
    console.log(`frozen options: ${error.constructor.name}`);
  }
})();
JS
seen=$(node run.cjs 2>&1 || true)
printf '%s\n' "$seen"
expected='options of their own: 2 and 1
shared options: one of them still pending after 3 s
what is in them now: limit callback done pageSize
frozen options: TypeError'
[ "$seen" = "$expected" ] || { echo 'This has changed.' >&2; exit 1; }
