import { html, nothing } from 'lit';
import { mailSecurities } from '#contract/mail-settings.ts';
import type { ChannelState } from '../channel-draft.ts';
import { withFrom, withProvider, withSecurity } from '../channel-draft.ts';
import { numberFormat } from '../intl.ts';
import { mailProviderIds, mailProviders } from '../mail-providers.ts';
import type { MailProviderId } from '../mail-providers.ts';
import { area, check, choice, field } from '../parts/field.ts';
import type { FieldOptions } from '../parts/field.ts';
import type { StringKey } from '../strings/en.ts';
import { locale, t } from '../words.ts';
import type { ChannelForm } from './channel-server.ts';

type Mail = Extract<ChannelState, { channel: 'mail' }>;
type Line = Pick<FieldOptions, 'label' | 'name' | 'value' | 'changed'> & Partial<FieldOptions>;

/** Behind “more”, where a known provider leaves nothing to say. */
const seldom = ['settings.host', 'settings.port', 'settings.security', 'settings.username', 'settings.certificateAuthority'];
const seldomElse = ['settings.dkim.domain', 'settings.dkim.selector', 'secrets.dkimPrivateKey', 'settings.maxAttachmentBytes'];

/** Who sends the mails of the house, and as whom. */
export function renderMailFields(form: ChannelForm, state: Mail) {
  const { draft, change } = form;
  const { help } = mailProviders[draft.provider];
  return html`${choice({
    label: t('channel.service'),
    name: 'settings.service',
    hint: t(help),
    value: draft.provider,
    changed: (chosen) => change(withProvider(draft, chosen as MailProviderId)),
    choices: mailProviderIds.map((id) => ({ value: id, text: providerName(id) })),
  })}
  ${draft.provider === 'outlook' ? nothing : renderService(form, state)}`;
}

function renderService(form: ChannelForm, state: Mail) {
  const { draft, change } = form;
  const { provider } = draft;
  const hasServer = mailProviders[provider].server !== undefined;
  return html`${line(form, {
    label: t('channel.from'),
    name: 'settings.from.address',
    type: 'email',
    inputMode: 'email',
    hint: t('channel.fromHint'),
    maxLength: 254,
    value: draft.fromAddress,
    changed: (typed) => change(withFrom(draft, typed)),
  })}
  ${line(form, {
    label: t('channel.fromName'),
    name: 'settings.from.name',
    capitals: 'words',
    maxLength: 80,
    value: draft.fromName,
    changed: (fromName) => change({ fromName }),
  })}
  ${provider === 'postmark' ? renderPostmark(form, state) : nothing}
  ${provider === 'other' ? html`${renderServer(form)}${renderOwn(form)}` : nothing}
  ${provider === 'postmark' ? nothing : renderPassword(form, state)} ${renderMore(form, state, hasServer)}`;
}

function renderPostmark(form: ChannelForm, { hasSecret }: Mail) {
  const { draft, change } = form;
  return html`${line(form, {
    label: t('channel.serverToken'),
    name: 'secrets.serverToken',
    type: 'password',
    autocomplete: 'new-password',
    hint: hasSecret.serverToken ? t('channel.secretKept') : '',
    maxLength: 200,
    value: draft.serverToken,
    changed: (serverToken) => change({ serverToken }),
  })}
  ${line(form, {
    label: t('channel.messageStream'),
    name: 'settings.messageStream',
    hint: t('channel.messageStreamHint'),
    maxLength: 30,
    value: draft.messageStream,
    changed: (messageStream) => change({ messageStream }),
  })}`;
}

function renderPassword(form: ChannelForm, { hasSecret }: Mail) {
  const { draft, change } = form;
  return line(form, {
    label: t(mailProviders[draft.provider].hasAppPassword === undefined ? 'field.password' : 'channel.appPassword'),
    name: 'secrets.password',
    type: 'password',
    autocomplete: 'new-password',
    hint: hasSecret.password ? t('channel.secretKept') : '',
    maxLength: 500,
    value: draft.password,
    changed: (password) => change({ password }),
  });
}

function renderServer(form: ChannelForm) {
  const { draft, change } = form;
  return html`<div class="pair">
      ${line(form, {
        label: t('channel.host'),
        name: 'settings.host',
        inputMode: 'url',
        maxLength: 253,
        value: draft.host,
        changed: (host) => change({ host }),
      })}
      ${line(form, {
        label: t('channel.port'),
        name: 'settings.port',
        type: 'number',
        inputMode: 'numeric',
        min: '1',
        max: '65535',
        value: draft.port,
        changed: (port) => change({ port }),
      })}
    </div>
    ${choice({
      label: t('channel.security'),
      name: 'settings.security',
      wrong: form.wrong('settings.security'),
      value: draft.security,
      changed: (chosen) => change(withSecurity(draft, chosen as (typeof mailSecurities)[number])),
      choices: mailSecurities.map((value) => ({ value, text: t(`channel.security.${value}`) })),
    })}
    ${line(form, {
      label: t('field.username'),
      name: 'settings.username',
      hint: t('channel.usernameHint'),
      maxLength: 200,
      value: draft.username,
      changed: (username) => change({ username }),
    })}`;
}

function renderOwn({ draft, change, wrong }: ChannelForm) {
  return html`${check({
    label: t('channel.allowsOwnNetwork'),
    name: 'settings.allowsOwnNetwork',
    wrong: wrong('settings.allowsOwnNetwork'),
    isOn: draft.allowsOwnNetwork,
    changed: (allowsOwnNetwork) => change({ allowsOwnNetwork }),
  })}
  ${
    draft.allowsOwnNetwork || draft.certificateAuthority !== ''
      ? area({
          label: t('channel.certificateAuthority'),
          name: 'settings.certificateAuthority',
          hint: t('channel.certificateAuthorityHint'),
          maxLength: 20_000,
          wrong: wrong('settings.certificateAuthority'),
          value: draft.certificateAuthority,
          changed: (certificateAuthority) => change({ certificateAuthority }),
        })
      : nothing
  }`;
}

/** Open where something in it is wrong. */
function renderMore(form: ChannelForm, state: Mail, hasServer: boolean) {
  const names = hasServer ? [...seldom, ...seldomElse] : seldomElse;
  return html`<details ?open=${names.some((name) => form.wrong(name) !== '')}>
    <summary>${t('channel.more')}</summary>
    <div class="more-fields">
      ${hasServer ? renderServer(form) : nothing} ${renderAttachments(form)}
      ${form.draft.provider === 'other' ? renderDkim(form, state) : nothing}
    </div>
  </details>`;
}

function renderAttachments({ draft, change, wrong }: ChannelForm) {
  const sizes = [...new Set(['0', '2', '5', '10', '20', draft.attachmentMiB])];
  const text = (size: string) =>
    size === '0'
      ? t('channel.attachments.none')
      : numberFormat(locale.value.tag, { style: 'unit', unit: 'megabyte' }).format(Number(size));
  return choice({
    label: t('channel.attachments'),
    name: 'settings.maxAttachmentBytes',
    wrong: wrong('settings.maxAttachmentBytes'),
    value: draft.attachmentMiB,
    changed: (attachmentMiB) => change({ attachmentMiB }),
    choices: sizes.map((value) => ({ value, text: text(value) })),
  });
}

function renderDkim(form: ChannelForm, { hasSecret }: Mail) {
  const { draft, change, wrong } = form;
  return html`${line(form, {
    label: t('channel.dkim.domain'),
    name: 'settings.dkim.domain',
    hint: t('channel.dkim.domainHint'),
    maxLength: 253,
    value: draft.dkimDomain,
    changed: (dkimDomain) => change({ dkimDomain }),
  })}
  ${
    draft.dkimDomain === ''
      ? nothing
      : html`${line(form, {
          label: t('channel.dkim.selector'),
          name: 'settings.dkim.selector',
          maxLength: 63,
          value: draft.dkimSelector,
          changed: (dkimSelector) => change({ dkimSelector }),
        })}
        ${area({
          label: t('channel.dkim.key'),
          name: 'secrets.dkimPrivateKey',
          hint: hasSecret.dkimPrivateKey ? t('channel.secretKept') : '',
          maxLength: 20_000,
          wrong: wrong('secrets.dkimPrivateKey'),
          value: draft.dkimKey,
          changed: (dkimKey) => change({ dkimKey }),
        })}`
  }`;
}

function line({ wrong }: ChannelForm, options: Line) {
  return field({ ...options, wrong: wrong(options.name) });
}

/** A name of their own, or words. */
function providerName(id: MailProviderId): string {
  const { name } = mailProviders[id];
  return id === 'other' || id === 'outlook' ? t(name as StringKey) : name;
}
