import type { PersonId, TargetId } from '#base/ids.ts';
import type { ChannelId } from '#contract/notification-kinds.ts';

/** Where a channel reaches one person. */
export type Target = {
  readonly id: TargetId;
  readonly personId: PersonId;
  readonly channel: ChannelId;
  readonly name: string;
  /** A mail address or a name in Home Assistant; of what is secret its SHA-256. */
  readonly address: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Opened: a Gotify token, an ntfy topic, the JSON of a Web Push subscription; undefined where there is none or the key does not open it. Never logged. */
  readonly secret: string | undefined;
  readonly isEnabled: boolean;
};
