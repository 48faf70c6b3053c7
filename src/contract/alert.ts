// Owns what an alert is to the room that declares it: a state that the person who runs the house must know of, until it is over.
// Called by the rooms' -alerts files; system/alert-watch.ts reports their beginning and end, notifications will pass them on.
// Must stay true: values and functions alone; mails, pushes and their formats are the edge's.
import type { AlertId } from './alert-ids.ts';
import type { FactName } from './facts.ts';

export type AlertDeclaration = {
  readonly alertId: AlertId;
  /** One plain sentence without a full stop, the same each time: the line of the log. */
  readonly title: string;
};

/** What is wrong now. */
export type ActiveAlert = {
  /** Of which service, phone … it is; an alert is raised once for each. */
  readonly about: string;
  /** What is wrong and what to do, in English. */
  readonly message: string;
  /** What `message` names, for whoever says it in another language: names, numbers, times (ISO 8601) and codes of the contract. */
  readonly values?: Readonly<Record<string, string | number>>;
};

export type AlertSource = {
  /** Empty where all is well. Cheap: it is asked after each of the facts, and now and then. */
  readonly active: () => readonly ActiveAlert[];
  /** The facts after which it may be another answer. */
  readonly changedBy: readonly FactName[];
};

/** A declaration together with the function that answers it. */
export type Alert = AlertSource & { readonly declaration: AlertDeclaration };

/** Declares one alert: the value that a room, the log, notifications and the test of what is mounted share. */
export function alert<const Declaration extends AlertDeclaration>(declaration: Declaration): Declaration {
  return declaration;
}

export function bindAlert(declaration: AlertDeclaration, source: AlertSource): Alert {
  return { declaration, ...source };
}
