#!/usr/bin/env bash
# libphonenumber-js 1.13.16 reads a tel: URI with a phone-context (RFC 3966 section 5.1.5) and, asked the same again, reads nothing: every
# second question of the process is answered with undefined, whatever was asked between that is no such URI.
# One would have guessed that the same text gives the same number each time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error libphonenumber-js@1.13.16 >/dev/null
cat >run.mjs <<'PROGRAM'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
const ask = () => parsePhoneNumberFromString('tel:212-555-0123;phone-context=+1')?.number;
console.log(ask(), ask(), ask(), ask());
parsePhoneNumberFromString('+442071838750');
console.log(ask(), ask());
PROGRAM
cat >expected <<'EXPECTED'
+12125550123 undefined +12125550123 undefined
+12125550123 undefined
EXPECTED
node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Take the phone-context off before the text is handed over, and put a global one in front of the number.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
