// Owns where in the panel something is, for links that lead into it from outside.
// Must stay true: the panel opens each of them (panel/src/panel-paths.test.ts); below the panel's base, so without a slash at the beginning.
import type { CallId, ConversationId, MessageId, VoicemailId } from '#base/ids.ts';

export const panelPaths = {
  call: (id: CallId) => `calls/${encodeURIComponent(id)}`,
  voicemail: (id: VoicemailId) => `voicemail/${encodeURIComponent(id)}`,
  /** `at`: the message that is shown in it. */
  conversation: (id: ConversationId, at?: MessageId) =>
    `messages/${encodeURIComponent(id)}${at === undefined ? '' : `?at=${encodeURIComponent(at)}`}`,
  alerts: () => 'alerts',
  /** What reaches whom. */
  notifications: () => 'notifications',
};
