import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { EndpointInput } from '#contract/endpoint.ts';
import { kindFacts, notificationKinds, quietRules } from '#contract/notification-kinds.ts';
import type { ChannelId, PreferenceKind, QuietRule } from '#contract/notification-kinds.ts';
import { changeNotificationPreferences, getNotificationPreferences, listNotificationTargets } from '#contract/notifications.ts';
import { call } from '../../api.ts';
import { deliveryIcons } from '../../delivery-words.ts';
import type { Preferences } from '../../notification-data.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { check, choice } from '../../parts/field.ts';
import { fields } from '../../parts/form.ts';
import '../../parts/icon.ts';
import { look } from '../../parts/look.ts';
import { isAdmin } from '../../session.ts';
import { Shown } from '../../shown.ts';
import { sayDone, sayProblem } from '../../undo.ts';
import { t } from '../../words.ts';

type Change = NonNullable<EndpointInput<typeof changeNotificationPreferences>['body']>;

const me = { personId: 'me' } as const;

/** Of what somebody is told, and by which of the ways that reach them. */
@customElement('gosip-notification-kinds')
export class GosipNotificationKinds extends GosipElement {
  private readonly seen = new Shown(
    this,
    async () => {
      const [preferences, { items }] = await Promise.all([
        call(getNotificationPreferences, { params: me }),
        call(listNotificationTargets, { query: { person: 'me', per_page: 100 } }),
      ]);
      return { preferences, ways: [...new Set(items.map(({ channel }) => channel))] };
    },
    ['notification-preferences.changed', 'notification-target.changed'],
  );

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
    return card(
      t('notify.kinds'),
      whenRead(this.seen, ({ preferences, ways }) =>
        ways.length === 0
          ? html`<p class="hint quiet">${t('notify.kinds.none')}</p>`
          : html`<ul>
                ${notificationKinds
                  .filter((kind) => kind !== 'alert' || isAdmin())
                  .map((kind) => html`<li>${this.renderKind(kind, preferences, ways)}</li>`)}
              </ul>
              ${this.renderAlso(preferences)}`,
      ),
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
      await call(changeNotificationPreferences, { params: me, body: wanted });
      await this.seen.reload();
    };
    try {
      await change(body);
      sayDone(t('state.saved'), () => change(before));
    } catch (error) {
      sayProblem(error);
      await this.seen.reload();
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-notification-kinds': GosipNotificationKinds;
  }
}
