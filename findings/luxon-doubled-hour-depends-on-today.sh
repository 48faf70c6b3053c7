#!/usr/bin/env bash
# luxon 3.7.2: the hour that comes twice when summer time ends is read as the first or as the second one, by the season in which one asks:
# the same local time of the same day is another instant in July than in December.
# One would have guessed one answer, whichever: a test of such a rule passes in one half of the year only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error luxon@3.7.2 >/dev/null
cat >run.mjs <<'PROGRAM'
import { DateTime, Settings } from 'luxon';

for (const today of ['2026-07-01', '2026-12-01']) {
  Settings.now = () => Date.parse(today);
  const local = { year: 2026, month: 10, day: 25, hour: 2, minute: 30 };
  const at = DateTime.fromObject(local, { zone: 'Europe/Berlin' }).toUTC().toISO();
  console.log(`asked on ${today}, 2026-10-25 02:30 in Berlin is ${at}`);
}
PROGRAM
cat >expected <<'EXPECTED'
asked on 2026-07-01, 2026-10-25 02:30 in Berlin is 2026-10-25T00:30:00.000Z
asked on 2026-12-01, 2026-10-25 02:30 in Berlin is 2026-10-25T01:30:00.000Z
EXPECTED
node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'For schedules take Temporal with an explicit disambiguation.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
