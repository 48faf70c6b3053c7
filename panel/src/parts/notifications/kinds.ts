import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EndpointInput } from '#contract/endpoint.ts';
import { kindFacts, notificationChannels, notificationKinds, quietRules } from '#contract/notification-kinds.ts';
import type { ChannelId, PreferenceKind, QuietRule } from '#contract/notification-kinds.ts';
import { changeNotificationPreferences } from '#contract/notifications.ts';
import { call } from '../../api.ts';
import { deliveryIcons } from '../../delivery-words.ts';
import type { Notifications, Preferences } from '../../notification-data.ts';
import { houseLanguages } from '#contract/languages.ts';
import { card } from '../card.ts';
import { GosipElement } from '../element.ts';
import { check, choice } from '../field.ts';
import { fields } from '../form.ts';
import '../icon.ts';
import { look } from '../look.ts';
import { flush } from '../flush.ts';
import { languageName } from '../../rules/speech.ts';
import { speech } from '../../speech-of.ts';
import { sayDone, sayProblem } from '../../undo.ts';
import { t } from '../../words.ts';

type Change = NonNullable<EndpointInput<typeof changeNotificationPreferences>['body']>;

/** Of what somebody is told, in which language, and by which of the ways that reach them. */
@customElement('gosip-notification-kinds')
export class GosipNotificationKinds extends GosipElement {
  @property({ attribute: false }) of!: Notifications;
  @property({ type: Boolean }) flush = false;
  @property({ attribute: false }) reload: () => Promise<void> = () => Promise.resolve();

  static override styles = [
    look,
    fields,
    flush,
    css`
      li {
        display: flex;
        gap: 16px;
        padding: 12px 16px;
        border-top: 1px solid var(--line);
      }
      li > div {
        flex: 1;
        min-width: 0;
      }
      li > gosip-icon {
        color: var(--quiet);
      }
      .main {
        font-size: 15px;
        line-height: 24px;
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 24px;
        padding: 4px 0;
      }
      .rules {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(200px, 1fr));
        gap: 16px;
        max-width: 560px;
        padding: 8px 0;
        color: var(--text);
      }
      .hint {
        padding: 0 16px 16px;
        font-size: 14px;
      }
      .also {
        display: grid;
        max-width: 592px;
        gap: 12px;
        padding: 16px;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  override render() {
    const { preferences, targets, isOwn } = this.of;
    const heading = t(isOwn ? 'notify.kinds' : 'person.kinds');
    const ways = notificationChannels.filter((one) => targets.some(({ channel }) => channel === one));
    if (ways.length === 0)
      return card(heading, html`<p class="hint quiet">${t(isOwn ? 'notify.kinds.none' : 'person.kinds.none')}</p>`);
    return card(
      heading,
      html`<ul>
          ${notificationKinds
            .filter((kind) => kind !== 'alert' || preferences.isAdministrator)
            .map((kind) => html`<li>${this.renderKind(kind, preferences, ways)}</li>`)}
        </ul>
        ${this.renderAlso(preferences)}`,
    );
  }

  private renderKind(kind: PreferenceKind, { kinds }: Preferences, ways: readonly ChannelId[]) {
    const now = kinds[kind];
    const possible = ways.filter((one) => kindFacts[kind].possible.includes(one));
    const name = t(`delivery.kind.${kind}`);
    const set = (channel: ChannelId, isOn: boolean) =>
      this.save(
        { kinds: { [kind]: { channels: isOn ? [...now.channels, channel] : now.channels.filter((one) => one !== channel) } } },
        { kinds: { [kind]: { channels: now.channels } } },
      );
    return html`<gosip-icon .path=${deliveryIcons[kind]}></gosip-icon>
      <div role="group" aria-label=${name}>
        <p class="main">${name}</p>
        <p class="quiet">${t(`notify.kind.${kind}`)}</p>
        ${
          possible.length === 0
            ? html`<p class="quiet">${t('notify.onlyPush')}</p>`
            : html`<div class="ways">
                ${possible.map((channel) =>
                  check({
                    label: t(`channel.${channel}`),
                    name: `${kind}-${channel}`,
                    isOn: now.channels.includes(channel),
                    changed: (isOn) => void set(channel, isOn),
                  }),
                )}
              </div>`
        }
        ${possible.some((one) => one !== 'mail') ? this.renderRules(kind, now) : nothing}
      </div>`;
  }

  private renderRules(kind: PreferenceKind, now: Preferences['kinds'][PreferenceKind]) {
    const rule = (name: 'inQuiet' | 'inDnd') =>
      choice({
        label: t(`notify.${name}`),
        name: `${kind}-${name}`,
        value: now[name],
        choices: quietRules.map((value) => ({ value, text: t(`notify.rule.${value}`) })),
        changed: (value) =>
          void this.save({ kinds: { [kind]: { [name]: value as QuietRule } } }, { kinds: { [kind]: { [name]: now[name] } } }),
      });
    return html`<details>
      <summary>${t('notify.rules')}</summary>
      <div class="rules">${rule('inQuiet')} ${rule('inDnd')}</div>
    </details>`;
  }

  private renderAlso(now: Preferences) {
    const names = ['gatherMails', 'internalCalls', ...(now.isAdministrator ? (['houseItems'] as const) : [])] as const;
    return html`<div class="also">
      ${this.renderLanguage(now)}
      ${names.map((name) =>
        check({
          label: t(`notify.${name}`),
          name,
          isOn: now[name],
          changed: (isOn) => void this.save({ [name]: isOn }, { [name]: now[name] }),
        }),
      )}
    </div>`;
  }

  private renderLanguage({ language: now }: Preferences) {
    return choice({
      label: t('notify.language'),
      name: 'language',
      value: now ?? '',
      choices: [
        { value: '', text: t('greeting.language.house') },
        ...houseLanguages.map((one) => ({ value: one, text: languageName(one, speech()) })),
      ],
      changed: (chosen) => void this.save({ language: houseLanguages.find((one) => one === chosen) ?? null }, { language: now }),
    });
  }

  /** `before`: what takes it back. */
  private async save(body: Change, before: Change): Promise<void> {
    const change = async (wanted: Change) => {
      await call(changeNotificationPreferences, { params: { personId: this.of.preferences.personId }, body: wanted });
      await this.reload();
    };
    try {
      await change(body);
      sayDone(t('state.saved'), () => change(before));
    } catch (error) {
      sayProblem(error);
      await this.reload();
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-notification-kinds': GosipNotificationKinds;
  }
}
