#!/usr/bin/env bash
# home-assistant-js-websocket 9.7.0: an error thrown in the callback of an event subscription is not caught: in Node it is an uncaught exception,
# which ends the whole process, for one event that could not be read.
# One would have guessed that the library logs it, as it does with what it cannot parse itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error home-assistant-js-websocket@9.7.0 ws@8.18.3 node@24.21.0 >/dev/null
cat >run.mjs <<'PROGRAM'
import { createConnection, createLongLivedTokenAuth } from 'home-assistant-js-websocket';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
await new Promise((resolve) => server.on('listening', resolve));
server.on('connection', (socket) => {
  const send = (message) => socket.send(JSON.stringify(message));
  send({ type: 'auth_required', ha_version: '2026.11.0' });
  socket.on('message', (text) => {
    for (const { id, type } of [JSON.parse(text)].flat()) {
      if (type === 'auth') send({ type: 'auth_ok', ha_version: '2026.11.0' });
      else send({ id, type: 'result', success: true, result: null });
      if (type === 'subscribe_events') send({ id, type: 'event', event: { event_type: 'ring' } });
    }
  });
});

const ended = new Promise((resolve) => process.on('uncaughtException', ({ message }) => resolve(`uncaught: ${message}`)));
const auth = createLongLivedTokenAuth(`http://127.0.0.1:${server.address().port}`, 'token');
const connection = await createConnection({ auth });
await connection.subscribeEvents(() => {
  throw new Error('this event cannot be read');
}, 'ring');
console.log(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000, 'caught'))]));
process.exit(0);
PROGRAM
cat >expected <<'EXPECTED'
uncaught: this event cannot be read
EXPECTED
node_modules/.bin/node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Wrap every callback.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
