import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { callerPlaces, numberForms, trunkDirections, trunkTransports } from '#contract/trunk-words.ts';
import type { StringKey } from '../strings/en.ts';
import type { TrunkDraft } from '../trunk-draft.ts';
import type { TrunkPreset } from '../trunk-words.ts';
import { t } from '../words.ts';
import { area, check, choice, field } from './field.ts';

export type TrunkFieldsOptions = {
  readonly draft: TrunkDraft;
  /** Whose settings it began with; undefined for another provider. */
  readonly preset: TrunkPreset | undefined;
  /** Whether there is a password that stays where none is typed. */
  readonly hasPassword: boolean;
  readonly change: (part: Partial<TrunkDraft>) => void;
  readonly wrong: (field: string) => string;
};

type TextName = {
  [Name in keyof TrunkDraft]: TrunkDraft[Name] extends string ? (string extends TrunkDraft[Name] ? Name : never) : never;
}[keyof TrunkDraft];

/** What this provider needs, and all else behind a press. */
export function trunkFields(options: TrunkFieldsOptions): TemplateResult {
  const { preset } = options;
  const asks = new Set<string>(preset?.asks ?? ['host', 'username', 'numbers']);
  const isOther = preset === undefined;
  return html`${text(options, 'name', { capitals: true })} ${asks.has('host') ? host(options) : nothing}
    ${asks.has('proxy') ? text(options, 'proxy', { hint: example(preset?.proxyExample) }) : nothing}
    ${isOther ? transport(options) : nothing} ${text(options, 'username', { hint: example(preset?.usernameExample) })}
    ${asks.has('authUsername') ? text(options, 'authUsername', { hint: t('trunk.authUsername.hint') }) : nothing}
    ${password(options)} ${lines(options, 'numbers')}
    <details class="more-settings">
      <summary>${t('trunk.more')}</summary>
      <div class="fields">
        ${direction(options)} ${asks.has('host') ? nothing : host(options)} ${isOther ? nothing : transport(options)}
        ${text(options, 'port', { hint: t('trunk.port.hint'), isDigits: true })}
        ${asks.has('proxy') ? nothing : text(options, 'proxy')} ${text(options, 'domain')}
        ${asks.has('authUsername') ? nothing : text(options, 'authUsername', { hint: t('trunk.authUsername.hint') })}
        ${registers(options)} ${lines(options, 'allow')} ${secretHeader(options)} ${forms(options)}
        ${check({
          label: t('trunk.secure'),
          name: 'secure',
          isOn: options.draft.secure,
          changed: (secure) => options.change({ secure }),
        })}
        ${text(options, 'keepAlive', { isDigits: true })}
      </div>
    </details>`;
}

/** The fields that the form shows: what is wrong elsewhere is said above it. */
export const trunkFieldNames: readonly string[] = [
  ...['name', 'host', 'port', 'transport', 'proxy', 'domain', 'username', 'authUsername', 'password', 'register', 'numbers'],
  ...['allow', 'secretHeaderName', 'secretHeaderValue', 'calledForm', 'callerForm', 'callerIn', 'secure', 'keepAliveSeconds'],
];

type TextOptions = { readonly hint?: string; readonly isDigits?: boolean; readonly capitals?: boolean };

function text({ draft, change, wrong }: TrunkFieldsOptions, name: TextName, more: TextOptions = {}): TemplateResult {
  const { hint = '', isDigits = false, capitals = false } = more;
  return field({
    label: t(name === 'name' ? 'field.name' : (`trunk.${name}` as StringKey)),
    name,
    hint,
    inputMode: isDigits ? 'numeric' : 'text',
    capitals: capitals ? 'words' : 'none',
    maxLength: 260,
    wrong: wrong(name === 'keepAlive' ? 'keepAliveSeconds' : name),
    value: draft[name],
    changed: (value) => change({ [name]: value }),
  });
}

function host(options: TrunkFieldsOptions): TemplateResult {
  const { draft, preset, change, wrong } = options;
  const hosts = preset?.hosts ?? [];
  if (hosts.length === 0 || !hosts.includes(draft.host)) return text(options, 'host', { hint: example('sip.example.com') });
  return choice({
    label: t('trunk.host'),
    name: 'host',
    value: draft.host,
    wrong: wrong('host'),
    changed: (value) => change({ host: value }),
    choices: hosts.map((value) => ({ value, text: value })),
  });
}

function password({ draft, hasPassword, change, wrong }: TrunkFieldsOptions): TemplateResult {
  return field({
    label: t('trunk.password'),
    name: 'password',
    type: 'password',
    autocomplete: 'off',
    hint: hasPassword ? t('trunk.password.kept') : '',
    maxLength: 200,
    wrong: wrong('password'),
    value: draft.password,
    changed: (value) => change({ password: value }),
  });
}

function lines({ draft, change, wrong }: TrunkFieldsOptions, name: 'numbers' | 'allow'): TemplateResult {
  return area({
    label: t(`trunk.${name}`),
    name,
    hint: t(`trunk.${name}.hint`),
    rows: 2,
    wrong: wrong(name),
    value: draft[name],
    changed: (value) => change({ [name]: value }),
  });
}

function direction({ draft, change, wrong }: TrunkFieldsOptions): TemplateResult {
  return choice({
    label: t('trunk.direction'),
    name: 'direction',
    value: draft.direction,
    wrong: wrong('direction'),
    changed: (value) => change({ direction: value as TrunkDraft['direction'] }),
    choices: trunkDirections.map((value) => ({ value, text: t(`trunk.${value}`) })),
  });
}

function transport({ draft, change, wrong }: TrunkFieldsOptions): TemplateResult {
  return choice({
    label: t('trunk.transport'),
    name: 'transport',
    value: draft.transport,
    wrong: wrong('transport'),
    changed: (value) => change({ transport: value as TrunkDraft['transport'] }),
    choices: trunkTransports.map((value) => ({ value, text: value.toUpperCase() })),
  });
}

function registers({ draft, change, wrong }: TrunkFieldsOptions): TemplateResult {
  return check({
    label: t('trunk.register'),
    name: 'register',
    hint: t('trunk.register.hint'),
    isOn: draft.register,
    wrong: wrong('register'),
    changed: (register) => change({ register }),
  });
}

function secretHeader(options: TrunkFieldsOptions): TemplateResult {
  const { draft, change, wrong } = options;
  return html`${text(options, 'secretHeaderName', { hint: t('trunk.secretHeaderName.hint') })}
  ${
    draft.secretHeaderName === ''
      ? nothing
      : field({
          label: t('trunk.secretHeaderValue'),
          name: 'secretHeaderValue',
          type: 'password',
          maxLength: 200,
          hint: options.hasPassword ? t('trunk.password.kept') : '',
          wrong: wrong('secretHeaderValue'),
          value: draft.secretHeaderValue,
          changed: (value) => change({ secretHeaderValue: value }),
        })
  }`;
}

function forms({ draft, change, wrong }: TrunkFieldsOptions): TemplateResult {
  const form = (name: 'calledForm' | 'callerForm') =>
    choice({
      label: t(`trunk.${name}`),
      name,
      value: draft[name],
      wrong: wrong(name),
      changed: (value) => change({ [name]: value as TrunkDraft['calledForm'] }),
      choices: numberForms.map((value) => ({ value, text: t(`trunk.form.${value}`) })),
    });
  return html`${form('calledForm')} ${form('callerForm')}
  ${choice({
    label: t('trunk.callerIn'),
    name: 'callerIn',
    value: draft.callerIn,
    wrong: wrong('callerIn'),
    changed: (value) => change({ callerIn: value as TrunkDraft['callerIn'] }),
    choices: callerPlaces.map((value) => ({ value, text: t(`trunk.caller.${value}`) })),
  })}`;
}

function example(text: string | null | undefined): string {
  return text === null || text === undefined ? '' : t('trunk.example', { example: text });
}
