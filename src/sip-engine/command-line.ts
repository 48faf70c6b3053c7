import { parseArgs } from 'node:util';
import { engineOptions, findProblems } from './engine-options.ts';
import type { EngineOptions } from './engine-options.ts';
import type { EngineLogLevel } from './line-log.ts';
import { optionTable } from './option-table.ts';
import type { Draft, ReadFile } from './option-table.ts';
import type { TlsOptions } from './transport/tls-settings.ts';
import { defaultTimers } from './transaction/transaction.ts';

export type CommandLine =
  | { readonly kind: 'run'; readonly options: EngineOptions; readonly log: EngineLogLevel }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

const defaultControlPort = 9022;

/** Reads the arguments after the script's name, and reports all problems with them at once. */
export function parseCommandLine(args: readonly string[], readFile: ReadFile): CommandLine {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: argumentTypes(),
  });
  const draft = emptyDraft();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`"${token.value}" belongs to no option.`);
    if (token.kind !== 'option') continue;
    if (token.name === 'help') return { kind: 'help', text: helpText() };
    const row = optionTable.find(({ name }) => name === token.name);
    const problem =
      row === undefined
        ? 'there is no such option; see --help.'
        : row.value !== undefined && (token.value === undefined || token.value === '')
          ? `needs a value: ${row.value}.`
          : row.apply(draft, token.value ?? '', readFile);
    if (problem !== undefined) problems.push(`${token.rawName}: ${problem}`);
  }
  const options = fromDraft(draft, problems);
  const all = [...problems, ...findProblems(options).filter((problem) => !isMentioned(problem, problems))];
  return all.length > 0 ? { kind: 'problems', problems: all } : { kind: 'run', options, log: draft.log };
}

/** A missing --sip is not reported when one was given and could not be read. */
function isMentioned(problem: string, reported: readonly string[]): boolean {
  const about = ['--sip', '--secret', '--tls-key'].find((name) => problem.includes(name));
  return about !== undefined && reported.some((text) => text.startsWith(about));
}

function argumentTypes(): Record<string, { type: 'string' | 'boolean'; multiple: boolean }> {
  const types = optionTable.map(({ name, value }) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', multiple: true },
  ]);
  return Object.fromEntries([...types, ['help', { type: 'boolean', multiple: true }]]);
}

function emptyDraft(): Draft {
  return {
    listeners: [],
    common: {},
    control: {},
    streams: {},
    secret: '',
    tls: {},
    hosts: {},
    trusted: [],
    settings: {},
    timers: {},
    spammers: { userAgents: [], toUsers: [], fromUsers: [] },
    limits: {},
    log: 'info',
  };
}

function fromDraft(draft: Draft, problems: string[]): EngineOptions {
  return engineOptions({
    listeners: draft.listeners.map((listener) => ({ ...draft.common, ...listener })),
    secret: draft.secret,
    tls: tlsOf(draft, problems),
    control: { port: defaultControlPort, ...draft.control },
    streams: draft.streams,
    hosts: draft.hosts,
    trusted: draft.trusted,
    settings: { ...draft.settings, timers: { ...defaultTimers, ...draft.timers }, spammers: draft.spammers },
    limits: draft.limits,
  });
}

function tlsOf({ tls }: Draft, problems: string[]): TlsOptions | undefined {
  const { keyFile, certFile } = tls;
  if (keyFile === undefined && certFile === undefined) return undefined;
  if (keyFile !== undefined && certFile !== undefined) return { ...tls, keyFile, certFile };
  problems.push('--tls-key and --tls-cert belong together: give both.');
  return undefined;
}

function helpText(): string {
  const rows = [...optionTable, { name: 'help', help: 'this text' }].map(({ name, help, ...row }) => {
    const left = `  --${name}${'value' in row && row.value !== undefined ? ` ${row.value}` : ''}`;
    return `${left.padEnd(34)} ${help}`;
  });
  return [
    "A SIP engine that speaks drachtio's control protocol.",
    '',
    'node src/sip-engine/main.ts --sip udp:127.0.0.1:5060 --sip tcp:127.0.0.1:5060 --control 127.0.0.1:9022 --secret cymru',
    '',
    ...rows,
    '',
  ].join('\n');
}
