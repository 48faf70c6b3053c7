/**
 * How what an alert names is said, by its name there; by the alert's id, what it is about. `time`: ISO 8601; `name`: as it is, such as a
 * port, which is no count; else it follows this in a key of the words. Whatever is not here: texts as they are, numbers as counts.
 */
export const alertValueForms: Readonly<Record<string, string>> = {
  at: 'time',
  until: 'time',
  state: 'trunk.state.',
  reason: 'reason.',
  kind: 'lockout.',
  port: 'name',
  instead: 'name',
  'notifications-failing': 'alert.channel.',
};
