#!/usr/bin/env bash
# nodemailer 10.6.1: a sender or recipient with letters beyond ASCII before the @ goes as it is, in UTF-8, to a server that does not offer SMTPUTF8, where
# RFC 6531 (section 3.2) forbids it; and whatever such a server that does offer it answers with 550 to the sender, the error is called
# "Internationalized mailbox name not allowed". One would have guessed an error before anything is sent, and the words of the server.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error nodemailer@10.6.1 >/dev/null
cat >run.mjs <<'PROGRAM'
import { createServer } from 'node:net';
import nodemailer from 'nodemailer';

// A mail server that offers what it is told to, and takes no sender where it is told so.
async function send(offers, refusal) {
  const heard = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 mail.example.org ESMTP\r\n');
    let isMail = false;
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter((one) => one !== '')) {
        if (isMail) {
          if (line === '.') socket.write('250 OK\r\n');
          isMail = line !== '.';
        } else if (line.startsWith('EHLO')) socket.write(`250${offers === '' ? ' ' : '-'}mail.example.org\r\n${offers === '' ? '' : `250 ${offers}\r\n`}`);
        else {
          heard.push(line);
          if (line === 'DATA') isMail = true;
          socket.write(line === 'DATA' ? '354 Go on\r\n' : line.startsWith('MAIL') && refusal ? `${refusal}\r\n` : '250 OK\r\n');
        }
      }
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: server.address().port, ignoreTLS: true });
  const said = await transport.sendMail({ from: 'jürgen@example.org', to: 'anna@example.org', text: 'x' }).then(() => 'sent', (error) => error.message);
  console.log(`${offers || 'no SMTPUTF8'}: ${heard[0]}: ${said}`);
  transport.close();
  server.close();
}

await send('', undefined);
await send('SMTPUTF8', '550 5.7.1 Your account is locked');
PROGRAM
cat >expected <<'EXPECTED'
no SMTPUTF8: MAIL FROM:<jürgen@example.org>: sent
SMTPUTF8: MAIL FROM:<jürgen@example.org> SMTPUTF8: Internationalized mailbox name not allowed: 550 5.7.1 Your account is locked
EXPECTED
timeout 60 node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Look yourself whether the server offers SMTPUTF8 before an address needs it, and read the words behind the colon.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
