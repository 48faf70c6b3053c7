#!/usr/bin/env bash
# ical.js 2.2.1: the escaped semicolon of a vCard's text (RFC 2426 section 5, RFC 6350 section 3.4) is read by the comma's rule in N and ORG alone. In
# FN and NOTE "\," becomes "," but "\;" stays two characters, and writing the same card again escapes the backslash: the name has one more
# character for every other program, with no edit between. Address books of phones escape semicolons always ("Smith\; Sons").
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error ical.js@2.2.1 >/dev/null
cat >run.mjs <<'PROGRAM'
import ICAL from 'ical.js';

const read = (version, line) => new ICAL.Component(ICAL.parse(`BEGIN:VCARD\r\nVERSION:${version}\r\n${line}\r\nEND:VCARD`));
const rows = [
  ['3.0', 'FN:Smith\\, Sons', 'Smith, Sons'],
  ['3.0', 'FN:Smith\\; Sons', 'Smith\\; Sons'],
  ['4.0', 'FN:Smith\\; Sons', 'Smith\\; Sons'],
  ['3.0', 'NOTE:Smith\\; Sons', 'Smith\\; Sons'],
];
let isHeld = true;
for (const [version, line, expected] of rows) {
  const value = read(version, line).getAllProperties()[1].getFirstValue();
  console.log(`vCard ${version}  ${line}  is read as  ${value}`);
  isHeld &&= value === expected;
}
const [family] = read('3.0', 'N:Smith\\; Sons;;;;').getFirstPropertyValue('n');
console.log(`vCard 3.0  N:Smith\\; Sons;;;;  is read as  ${family}`);
const again = read('3.0', 'FN:Smith\\; Sons').toString().split('\r\n')[2];
console.log(`FN:Smith\\; Sons  is written again as  ${again}`);
isHeld &&= family === 'Smith; Sons' && again === 'FN:Smith\\\\; Sons';
process.exit(isHeld ? 0 : 1);
PROGRAM
if node run.mjs; then echo 'as described'; else echo 'the behaviour has changed'; exit 1; fi
