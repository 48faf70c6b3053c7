// The program that the kill test of escalations kills: one alarm along a chain of people, on a database that stays.
// Called as `node escalation-caller.ts <database> <journal> <kill at>`; it kills itself at that point.
// Must stay true: what is in the journal was done.
import { openSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { runAlarm } from './escalation-alarm.ts';

// Node.js writes the cache when it ends, and this program is killed.
flushCompileCache();
const [path = '', journalFile = '', killAt = '0'] = process.argv.slice(2);
const journal = openSync(journalFile, 'a');
let points = 0;
runAlarm({
  path,
  note: (what) => void writeSync(journal, `${what}\n`),
  point: () => {
    points += 1;
    if (points === Number(killAt)) process.kill(process.pid, 'SIGKILL');
  },
});
