#!/usr/bin/env bash
# nodemailer 10.6.1: a mail that is to be signed by DKIM with an Ed25519 key (RFC 8463) goes out without a signature. Nobody is told: sendMail
# resolves as it does for an RSA key, and there is neither an error nor a warning.
# One would have guessed a signature, or a refusal when the key is given.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error nodemailer@10.6.1 >/dev/null
cat >run.mjs <<'PROGRAM'
import { generateKeyPairSync } from 'node:crypto';
import nodemailer from 'nodemailer';

const keys = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: generateKeyPairSync('ed25519'),
};
for (const [name, { privateKey: key }] of Object.entries(keys)) {
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' });
  const dkim = { domainName: 'example.org', keySelector: 'house', privateKey };
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, dkim });
  const { message } = await transport.sendMail({ from: 'house@example.org', to: 'anna@example.org', subject: 'Missed call', text: 'Mum' });
  console.log(`${name}: ${/^DKIM-Signature:/im.test(message.toString()) ? 'signed' : 'not signed'}, sendMail resolved`);
}
PROGRAM
cat >expected <<'EXPECTED'
rsa: signed, sendMail resolved
ed25519: not signed, sendMail resolved
EXPECTED
timeout 60 node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Who promises signed mails tries the key before it is saved, and looks for the signature in what is about to go out.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
