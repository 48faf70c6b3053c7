import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EndpointInput } from '#contract/endpoint.ts';
import { kindFacts, notificationKinds, quietRules } from '#contract/notification-kinds.ts';
import type { ChannelId, PreferenceKind, QuietRule } from '#contract/notification-kinds.ts';
import { changeNotificationPreferences } from '#contract/notifications.ts';
import { call } from '../../api.ts';
import { deliveryIcons } from '../../delivery-words.ts';
import type { MyNotifications, Preferences } from '../../notification-data.ts';
import { card } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { check, choice } from '../../parts/field.ts';
import { fields } from '../../parts/form.ts';
import '../../parts/icon.ts';
import { look } from '../../parts/look.ts';
import { isAdmin } from '../../session.ts';
import { sayDone, sayProblem } from '../../undo.ts';
import { t } from '../../words.ts';

type Change = NonNullable<EndpointInput<typeof changeNotificationPreferences>['body']>;

/** Of what somebody is told, and by which of the ways that reach them. */
@customElement('gosip-notification-kinds')
export class GosipNotificationKinds extends GosipElement {
  @property({ attribute: false }) mine!: MyNotifications;
  @property({ attribute: false }) reload: () => Promise<void> = () => Promise.resolve();

  static override styles = [
    look,
    fields,
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
        gap: 12px;
        padding: 16px;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  override render() {
    const { preferences, targets } = this.mine;
    const ways = [...new Set(targets.map(({ channel }) => channel))];
    if (ways.length === 0) return card(t('notify.kinds'), html`<p class="hint quiet">${t('notify.kinds.none')}</p>`);
    return card(
      t('notify.kinds'),
      html`<ul>
          ${notificationKinds
            .filter((kind) => kind !== 'alert' || isAdmin())
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
    const names = ['gatherMails', 'internalCalls', ...(isAdmin() ? (['houseItems'] as const) : [])] as const;
    return html`<div class="also">
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

  /** `before`: what takes it back. */
  private async save(body: Change, before: Change): Promise<void> {
    const change = async (wanted: Change) => {
      await call(changeNotificationPreferences, { params: { personId: 'me' }, body: wanted });
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
