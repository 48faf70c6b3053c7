import { parseArgs } from 'node:util';
import { benchApi } from './api.ts';
import { benchCalls, benchHeldCalls } from './calls.ts';
import { benchHomeAssistant } from './home-assistant.ts';
import { describeMachine } from './machine.ts';
import { benchNotifications } from './notifications.ts';
import { benchPanel } from './panel.ts';
import { benchRegistrations } from './registrations.ts';
import { benchRelay } from './relay.ts';
import { benchRouting } from './routing.ts';
import { benchStart } from './start.ts';
import type { Row } from './row.ts';
import { benchSoak } from './soak.ts';
import { benchWebhooks } from './webhooks.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean' }, minutes: { type: 'string', default: '10' } },
});
const minutes = Number(values.minutes);

const parts: Record<string, () => Promise<Row[]>> = {
  start: benchStart,
  registrations: benchRegistrations,
  calls: benchCalls,
  held: benchHeldCalls,
  relay: benchRelay,
  routing: benchRouting,
  api: benchApi,
  webhooks: benchWebhooks,
  notifications: benchNotifications,
  'home-assistant': benchHomeAssistant,
  panel: benchPanel,
  soak: () => benchSoak(minutes),
};

const usage = `Usage: script/bench [part …] [--minutes of soak, 10 by default]
Parts: ${Object.keys(parts).join(' ')}. By default all but soak (ten minutes); "all" is everything.`;

const unknown = positionals.filter((name) => name !== 'all' && !(name in parts));
if (values.help === true || unknown.length > 0) {
  console.log(unknown.length > 0 ? `Unknown part: ${unknown.join(', ')}\n\n${usage}` : usage);
  process.exit(unknown.length > 0 ? 1 : 0);
}

if (!(minutes > 0)) {
  console.log(`--minutes takes a number above 0, and got ${values.minutes}\n\n${usage}`);
  process.exit(1);
}

const wanted = positionals.includes('all')
  ? Object.keys(parts)
  : positionals.length > 0
    ? positionals
    : Object.keys(parts).filter((name) => name !== 'soak');
const rows: Row[] = [];
for (const name of wanted) {
  console.error(`▸ ${name}`);
  rows.push(...((await parts[name]?.()) ?? []));
}
console.log(
  `\n${describeMachine()}; ${new Date().toISOString().slice(0, 10)}; \`${['script/bench', ...positionals].join(' ')}\`\n`,
);
console.log('| what | measured | aim |\n|---|---|---|');
for (const { what, measured, aim } of rows) console.log(`| ${what} | ${measured} | ${aim} |`);
