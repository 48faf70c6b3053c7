import { html, nothing } from 'lit';
import type { ChannelDraft, ChannelState } from '../channel-draft.ts';
import { check, field } from '../parts/field.ts';
import { t } from '../words.ts';

export type ChannelForm = {
  readonly draft: ChannelDraft;
  readonly change: (part: Partial<ChannelDraft>) => void;
  /** What is wrong with a field, by its name; empty where nothing is. */
  readonly wrong: (name: string) => string;
};

type OfServer = Extract<ChannelState, { channel: 'gotify' | 'ntfy' }>;

/** Where a server for pushes is. */
export function renderServerFields({ draft, change, wrong }: ChannelForm, state: OfServer) {
  return html`${field({
    label: t('channel.url'),
    name: 'settings.url',
    hint: t('channel.urlHint'),
    type: 'url',
    inputMode: 'url',
    maxLength: 2000,
    wrong: wrong('settings.url'),
    value: draft.url,
    changed: (url) => change({ url }),
  })}
  ${check({
    label: t('channel.allowsOwnNetwork'),
    name: 'settings.allowsOwnNetwork',
    wrong: wrong('settings.allowsOwnNetwork'),
    isOn: draft.allowsOwnNetwork,
    changed: (allowsOwnNetwork) => change({ allowsOwnNetwork }),
  })}
  ${state.channel === 'ntfy' ? renderToken({ draft, change, wrong }, state.hasSecret.token) : nothing}`;
}

function renderToken({ draft, change, wrong }: ChannelForm, hasToken: boolean) {
  return html`${field({
    label: t('channel.ntfy.token'),
    name: 'secrets.token',
    type: 'password',
    autocomplete: 'new-password',
    hint: t(hasToken ? 'channel.secretKept' : 'channel.ntfy.tokenHint'),
    maxLength: 500,
    wrong: wrong('secrets.token'),
    value: draft.token,
    changed: (token) => change({ token, dropsToken: false }),
  })}
  ${
    hasToken
      ? check({
          label: t('channel.ntfy.dropToken'),
          name: 'dropsToken',
          isOn: draft.dropsToken,
          changed: (dropsToken) => change({ dropsToken, token: '' }),
        })
      : nothing
  }`;
}
