// What is typed of a trunk, and what of it goes to the house.
import type { EndpointInput, EndpointReply } from '#contract/endpoint.ts';
import type { changeTrunk, createTrunk, getTrunk } from '#contract/trunks.ts';
import { linesOf } from './trunk-words.ts';
import type { TrunkPreset } from './trunk-words.ts';

export type Trunk = EndpointReply<typeof getTrunk>;
export type TrunkBody = EndpointInput<typeof createTrunk>['body'];
export type TrunkChangeBody = NonNullable<EndpointInput<typeof changeTrunk>['body']>;

export type TrunkDraft = {
  readonly preset: string;
  readonly name: string;
  readonly direction: Trunk['direction'];
  readonly host: string;
  readonly port: string;
  readonly transport: Trunk['transport'];
  readonly proxy: string;
  readonly domain: string;
  readonly username: string;
  readonly authUsername: string;
  readonly password: string;
  readonly register: boolean;
  readonly numbers: string;
  readonly allow: string;
  readonly secretHeaderName: string;
  readonly secretHeaderValue: string;
  readonly calledForm: Trunk['calledForm'];
  readonly callerForm: Trunk['callerForm'];
  readonly callerIn: Trunk['callerIn'];
  readonly secure: boolean;
  readonly keepAlive: string;
};

const typedNothing = {
  name: '',
  host: '',
  port: '',
  proxy: '',
  domain: '',
  username: '',
  authUsername: '',
  password: '',
  numbers: '',
  allow: '',
  secretHeaderName: '',
  secretHeaderValue: '',
};

export const otherDraft: TrunkDraft = {
  ...typedNothing,
  preset: 'other',
  direction: 'both',
  transport: 'udp',
  register: true,
  calledForm: 'plus',
  callerForm: 'plus',
  callerIn: 'from',
  secure: false,
  keepAlive: '25',
};

export function draftOfPreset({ id, name, settings }: TrunkPreset): TrunkDraft {
  const { host, port, proxy, domain, keepAliveSeconds, ...rest } = settings;
  return {
    ...typedNothing,
    ...rest,
    preset: id,
    name,
    host: host ?? '',
    port: textOfNumber(port),
    proxy: proxy ?? '',
    domain: domain ?? '',
    keepAlive: textOfNumber(keepAliveSeconds),
  };
}

export function draftOfTrunk(trunk: Trunk): TrunkDraft {
  const { port, proxy, domain, username, authUsername, secretHeaderName, keepAliveSeconds, numbers, allow } = trunk;
  const { preset, name, direction, host, transport, register, calledForm, callerForm, callerIn, secure } = trunk;
  return {
    ...typedNothing,
    ...{ preset, name, direction, host, transport, register, calledForm, callerForm, callerIn, secure },
    port: textOfNumber(port),
    proxy: proxy ?? '',
    domain: domain ?? '',
    username: username ?? '',
    authUsername: authUsername ?? '',
    secretHeaderName: secretHeaderName ?? '',
    keepAlive: textOfNumber(keepAliveSeconds),
    numbers: numbers.join('\n'),
    allow: allow.join('\n'),
  };
}

/** All but the secrets. */
function plainBody(draft: TrunkDraft) {
  return {
    preset: draft.preset,
    name: draft.name,
    direction: draft.direction,
    host: draft.host.trim(),
    port: numberOfText(draft.port),
    transport: draft.transport,
    proxy: orNull(draft.proxy),
    domain: orNull(draft.domain),
    username: orNull(draft.username),
    authUsername: orNull(draft.authUsername),
    register: draft.register,
    numbers: [...linesOf(draft.numbers)],
    allow: [...linesOf(draft.allow)],
    secretHeaderName: orNull(draft.secretHeaderName),
    calledForm: draft.calledForm,
    callerForm: draft.callerForm,
    callerIn: draft.callerIn,
    secure: draft.secure,
    keepAliveSeconds: numberOfText(draft.keepAlive),
  };
}

export function newBody(draft: TrunkDraft): TrunkBody {
  const { password, secretHeaderValue } = draft;
  return { ...plainBody(draft), password: emptyIsNull(password), secretHeaderValue: emptyIsNull(secretHeaderValue) };
}

/** An empty secret leaves the one that is there. */
export function changeBody(draft: TrunkDraft): TrunkChangeBody {
  const { password, secretHeaderValue } = draft;
  return {
    ...plainBody(draft),
    ...(password === '' ? {} : { password }),
    ...(secretHeaderValue === '' ? {} : { secretHeaderValue }),
  };
}

function orNull(text: string): string | null {
  return emptyIsNull(text.trim());
}

function emptyIsNull(text: string): string | null {
  return text === '' ? null : text;
}

function textOfNumber(number: number | null): string {
  return number === null ? '' : String(number);
}

/** What is no number is sent as it is, for the house to say so. */
function numberOfText(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}
