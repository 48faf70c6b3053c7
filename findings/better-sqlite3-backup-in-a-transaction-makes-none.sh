#!/usr/bin/env bash
# better-sqlite3 13.2.0: backup() while the same connection is in a transaction resolves, says that nothing remains, and leaves no file.
# One would have guessed a rejection, or a copy of the state before the transaction.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error better-sqlite3@13.2.0 node@24.21.0 >/dev/null
cat >run.mjs <<'PROGRAM'
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

const db = new Database('source.db');
db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
const copy = async (name) => `${JSON.stringify(await db.backup(name))}, file: ${existsSync(name)}`;
db.exec('BEGIN; INSERT INTO t VALUES (2)');
console.log(`in a transaction: ${await copy('during.db')}`);
db.exec('COMMIT');
console.log(`afterwards: ${await copy('after.db')}`);
PROGRAM
cat >expected <<'EXPECTED'
in a transaction: {"totalPages":0,"remainingPages":0}, file: false
afterwards: {"totalPages":2,"remainingPages":0}, file: true
EXPECTED
node_modules/.bin/node run.mjs | tee seen
if diff expected seen >/dev/null; then
  printf '\n%s\n' 'Look at inTransaction before, and whether the file is there after.'
else
  printf '\nIt behaves otherwise now; it used to print:\n' && cat expected && exit 1
fi
