#!/usr/bin/env bash
# mailparser 3.14.2: `contentType` of an attachment is not always what stands in the mail. Where the mail says application/octet-stream, it is the
# type that the ending of the file name suggests; any other type stays. The header lines that were parsed still have what was sent.
# One would have guessed the type of the mail: a test by it that attachments are sent with the right type cannot fail.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error mailparser@3.14.2 >/dev/null
cat >run.mjs <<'PROGRAM'
import { simpleParser } from 'mailparser';

for (const type of ['application/octet-stream', 'text/plain']) {
  const mail = await simpleParser(`Content-Type: ${type}\r\nContent-Disposition: attachment; filename=voicemail.wav\r\n\r\nRIFF\r\n`);
  const [{ contentType, headers }] = mail.attachments;
  console.log(`sent ${type}: contentType ${contentType}, header ${headers.get('content-type').value}`);
}
PROGRAM
cat >expected <<'EXPECTED'
sent application/octet-stream: contentType audio/wav, header application/octet-stream
sent text/plain: contentType text/plain, header text/plain
EXPECTED
timeout 60 node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Who checks what was sent reads the header of the attachment.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
