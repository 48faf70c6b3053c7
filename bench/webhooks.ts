import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import twilio from 'twilio';
import { systemClock } from '../src/base/clock.ts';
import { newId } from '../src/base/ids.ts';
import { freePort } from '../src/testing/base/free-port.ts';
import { House } from '../src/testing/harness/house.ts';
import { plantTwilioAccount } from '../src/testing/harness/twilio-account.ts';
import { percentile } from './load.ts';
import type { Row } from './row.ts';

const authToken = '0123456789abcdef0123456789abcdef';
const rows = 10_000;
const requests = 1_000;
const sid = (prefix: string, index: number) => prefix + index.toString(16).padStart(32, '0');
const number = (index: number) => `+1416${String(2_000_000 + index)}`;

/** How long Twilio waits for our answer, in a house with a long history and more numbers than any house has. */
export async function benchWebhooks(): Promise<Row[]> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gosip-webhooks-'));
  try {
    const port = await freePort('127.0.0.1');
    const publicUrl = `http://127.0.0.1:${port}`;
    fill(dataDirectory);
    await using house = await House.start({
      dataDirectory,
      environment: { GOSIP_PUBLIC_URL: publicUrl, GOSIP_PUBLIC_HTTP_HOST: '127.0.0.1', GOSIP_PUBLIC_HTTP_PORT: String(port) },
    });
    await measure(publicUrl, { path: 'voice/inbound', first: 1_000_000, count: 50 });
    const aim = '< 10 ms p95';
    const history = `with ${rows.toLocaleString('en')} numbers and calls`;
    const calls = await measure(publicUrl, { path: 'voice/inbound', first: 2_000_000, count: requests });
    const again = await measure(publicUrl, { path: 'voice/inbound', first: 2_000_000, count: requests });
    const messages = await measure(publicUrl, { path: 'sms/inbound', first: 3_000_000, count: requests });
    const forged = await flood(publicUrl);
    void house;
    return [
      { what: `Webhook: an inbound call, decided and recorded, ${history}`, measured: formatTimes(calls), aim },
      { what: 'Webhook: the same inbound call again', measured: formatTimes(again), aim },
      { what: 'Webhook: an inbound message', measured: formatTimes(messages), aim },
      {
        what: 'Webhook: an inbound call during a flood of forged requests',
        measured: formatTimes(forged),
        aim: '< 50 ms p95',
      },
    ];
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

type Run = { readonly path: string; readonly first: number; readonly count: number };

async function measure(publicUrl: string, { path, first, count }: Run): Promise<number[]> {
  const times: number[] = [];
  for (let index = first; index < first + count; index += 1) {
    const started = performance.now();
    const status = await postWebhook(publicUrl, { path, index, isForged: false });
    if (status !== 200) throw new Error(`${path} was answered with ${status}`);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}

/** Forged requests by four senders without a pause, while calls come in one after another. */
async function flood(publicUrl: string): Promise<number[]> {
  let isOver = false;
  const forge = async () => {
    while (!isOver) await postWebhook(publicUrl, { path: 'voice/inbound', index: 1, isForged: true });
  };
  const forgers = Array.from({ length: 4 }, forge);
  try {
    return await measure(publicUrl, { path: 'voice/inbound', first: 4_000_000, count: requests / 2 });
  } finally {
    isOver = true;
    await Promise.all(forgers);
  }
}

type WebhookRequest = { readonly path: string; readonly index: number; readonly isForged: boolean };

async function postWebhook(publicUrl: string, { path, index, isForged }: WebhookRequest): Promise<number> {
  const url = `${publicUrl}/api/webhooks/${path}`;
  const common = { AccountSid: sid('AC', 1), ApiVersion: '2010-04-01', From: '+15555550100', To: number(index % rows) };
  const places = Object.fromEntries(
    ['From', 'To', 'Caller', 'Called'].flatMap((side) => ['City', 'State', 'Zip', 'Country'].map((part) => [side + part, 'X'])),
  );
  const call = { CallSid: sid('CA', index), CallStatus: 'ringing', Direction: 'inbound', StirVerstat: 'TN-Validation-Passed-A' };
  const message = { MessageSid: sid('SM', index), Body: 'Hello from outside', NumMedia: '0', NumSegments: '1' };
  const params = { ...common, ...places, ...(path.startsWith('voice') ? call : message) };
  const signature = twilio.getExpectedTwilioSignature(isForged ? 'guessed' : authToken, url, params);
  const headers = { 'X-Twilio-Signature': signature, 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' };
  const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(params) });
  await response.arrayBuffer();
  return response.status;
}

function formatTimes(times: readonly number[]): string {
  return `p50 ${percentile(times, 0.5).toFixed(1)} ms, p95 ${percentile(times, 0.95).toFixed(1)} ms`;
}

/** An account at Twilio, one owner, and many numbers and past calls. */
function fill(dataDirectory: string): void {
  const settings = { accountSid: sid('AC', 1), inbound: 'webhook', domain: { sid: sid('SD', 1), name: 'bench.sip.invalid' } };
  const secrets = { authToken, sipAccount: { listSid: sid('CL', 1), username: 'pbx', password: 'Not-used-Anywhere-1' } };
  plantTwilioAccount(dataDirectory, { settings, secrets, clock: systemClock });
  const db = new BetterSqlite3(join(dataDirectory, 'gosip.db'));
  writeHistory(db);
  db.close();
}

function writeHistory(db: BetterSqlite3.Database): void {
  const owner = newId('user');
  const now = Date.now();
  const user = db.prepare(
    `INSERT INTO users (id, username, name, role, created_at, changed_at) VALUES (?, 'o', 'O', 'user', ?, ?)`,
  );
  user.run(owner, now, now);
  const did = db.prepare(`INSERT INTO dids (id, number, name, owner_person_id, created_at) VALUES (?, ?, '', ?, ?)`);
  const call = db.prepare(
    `INSERT INTO cdrs (id, direction, started_at, ended_at, disposition, reason, dialled, caller_number, caller_name, callee_number,
       callee_name) VALUES (?, 'inbound', ?, ?, 'missed', 'no-answer', ?, '+15555550100', '', ?, '')`,
  );
  const pstnCall = db.prepare(
    `INSERT INTO pstn_calls (call_sid, cdr_id, token, phase, plan, after_dials, caller, created_at)
       VALUES (?, ?, ?, 'over', '{}', '[]', '{}', ?)`,
  );
  db.transaction(() => {
    for (let index = 0; index < rows; index += 1) {
      const [id, at] = [newId('call'), now - (rows - index) * 60_000];
      did.run(newId('num'), number(index), owner, now);
      call.run(id, at, at + 30_000, number(index), number(index));
      pstnCall.run(sid('CA', index), id, `token-${index}`, at);
    }
  })();
}
