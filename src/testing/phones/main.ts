// Watches every phone and writes what each did into the table of docs/phones.md. Called by script/phones.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { observePhone } from './phone-report.ts';
import type { PhoneReport } from './phone-report.ts';
import { RealPhoneHarness } from './real-phone-harness.ts';
import { phonesUnderTest } from './phones-under-test.ts';

const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'phones.md');
const [begin, end] = ['<!-- script/phones writes from here -->', '<!-- to here -->'];

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
const stack = new AsyncDisposableStack();
// One after the other, because all at once would be slow in starting; then all are watched at the same time.
const houses = [];
for (const tried of phonesUnderTest) houses.push({ tried, house: stack.use(await RealPhoneHarness.start()) });
const all = await Promise.all(houses.map(({ house, tried }) => observePhone(house, tried)));
await stack.disposeAsync();
const text = readFileSync(file, 'utf8');
const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
writeFileSync(file, `${text.slice(0, from)}\n\n${table(all)}\n\n${text.slice(to)}`);
process.stdout.write(`${table(all)}\n`);

function table(phones: readonly PhoneReport[]): string {
  const questions = [...(phones[0]?.answers.keys() ?? [])];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['', ...phones.map(({ name }) => name)]),
    row(['---', ...phones.map(() => '---')]),
    ...questions.map((question) => row([question, ...phones.map(({ answers }) => answers.get(question) ?? '')])),
  ].join('\n');
}
