import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { ChannelId } from '#contract/notification-kinds.ts';
import { allPeople } from '../../data.ts';
import type { Person } from '../../data.ts';
import { notificationFacts, readNotifications } from '../../notification-data.ts';
import { card, whenRead } from '../../parts/card.ts';
import { GosipElement } from '../../parts/element.ts';
import { initialsStyles, renderInitials } from '../../parts/initials.ts';
import { look, rows } from '../../parts/look.ts';
import { pathOf } from '../../routes.ts';
import { and } from '../../rules/speech.ts';
import { Shown } from '../../shown.ts';
import { speech } from '../../speech-of.ts';
import { t } from '../../words.ts';
import { channelsStyles } from '../channels-styles.ts';

type Told = { readonly person: Person; readonly ways: readonly ChannelId[] };

/** Which administrators are told when something is wrong in the house, and by which ways. */
@customElement('gosip-alert-recipients')
export class GosipAlertRecipients extends GosipElement {
  private readonly seen = new Shown(this, readTold, [...notificationFacts, 'person.created', 'person.changed', 'person.deleted']);

  static override styles = [look, rows, initialsStyles, channelsStyles];

  override render() {
    return card(
      t('channel.alerts'),
      whenRead(
        this.seen,
        (told) =>
          html`${told.some(({ ways }) => ways.length > 0) ? nothing : html`<p class="body bad">${t('channel.alerts.nobody')}</p>`}
            <ul class="rows">
              ${told.map((one) => html`<li>${renderTold(one)}</li>`)}
            </ul>`,
      ),
    );
  }
}

function renderTold({ person: { id, name }, ways }: Told) {
  const words = ways.map((channel) => t(`channel.${channel}`));
  return html`<a class="row" href=${pathOf('people', id)}>
    ${renderInitials(name)}
    <span class="text">
      <span class="main">${name}</span>
      <span class="more">${words.length === 0 ? t('channel.alerts.none') : and(words, speech())}</span>
    </span>
  </a>`;
}

/** Administrators alone. */
async function readTold(): Promise<readonly Told[]> {
  const people = await allPeople();
  const all = await Promise.all(people.map(async (person) => ({ person, ...(await readNotifications(person.id)) })));
  return all
    .filter(({ preferences }) => preferences.isAdministrator)
    .map(({ person, preferences, targets }) => {
      const reached = new Set(targets.filter(({ isEnabled }) => isEnabled).map(({ channel }) => channel));
      return { person, ways: preferences.kinds.alert.channels.filter((one) => reached.has(one)) };
    });
}

declare global {
  interface HTMLElementTagNameMap {
    'gosip-alert-recipients': GosipAlertRecipients;
  }
}
