/** What several of one kind are counted as. */
export type CountedKind = 'call' | 'missed-call' | 'voicemail' | 'transcript' | 'message' | 'alert';

/** Pages of the panel to which a notification leads. */
export type PanelPage = 'calls' | 'voicemail' | 'messages' | 'alerts';

/** `1 missed call`, `3 missed calls`. */
export function counted(one: string, other: string): (count: number) => string {
  return (count) => (count === 1 ? `1 ${one}` : `${count} ${other}`);
}
