#!/usr/bin/env bash
# nodemailer 10.6.1, SMTPConnection: close() while a send() goes on ends the connection, but the callback of that send() is never called, neither
# with an error nor without one. The event `end` comes alone; there is no `error`.
# One would have guessed an error for the send that was cut off. Whoever made a promise of it waits for ever.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error nodemailer@10.6.1 smtp-server@3.21.6 >/dev/null
cat >run.mjs <<'PROGRAM'
import SMTPConnection from 'nodemailer/lib/smtp-connection/index.js';
import { SMTPServer } from 'smtp-server';

// A server that takes its time for a recipient.
const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], disableReverseLookup: true, onRcptTo: () => {} });
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const connection = new SMTPConnection({ host: '127.0.0.1', port: server.server.address().port });
const heard = [];
connection.on('end', () => heard.push('end'));
connection.on('error', () => heard.push('error'));
connection.connect(() => {
  connection.send({ from: 'house@example.org', to: ['anna@example.org'] }, 'Missed call', () => heard.push('callback of send'));
  setTimeout(() => connection.close(), 300);
  setTimeout(() => {
    console.log(`within two seconds after close(): ${heard.join(', ')}`);
    process.exit(0);
  }, 2300);
});
PROGRAM
cat >expected <<'EXPECTED'
within two seconds after close(): end
EXPECTED
timeout 60 node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Who closes a connection in the middle takes the event end as the end of what was being sent.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
