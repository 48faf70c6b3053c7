// Owns the one live stream: what happens in the house, told to whoever is on the screen.
// Called by Shown (shown.ts); the browser itself takes a broken line up again with the id of the last event.
// Must stay true: who missed something that cannot be told again reads everything again.
import { factNames } from '#contract/facts.ts';
import type { FactName } from '#contract/facts.ts';
import { isAway, sessionState } from './api.ts';
import { clock } from './clock.ts';
import { apiAddress } from './place.ts';
import { Signal } from './signal.ts';

type Listener = { readonly names: readonly FactName[]; readonly tell: () => void };

const retryMs = 3_000;

/** Goes up whenever the line was broken: another may be signed in by now, or nobody. */
export const lineBreaks = new Signal(0);

const listeners = new Set<Listener>();
let source: EventSource | undefined;
let wasBroken = false;

/** Tells of these facts, and whenever anything may have been missed. Returns the end of it. */
export function listen(names: readonly FactName[], tell: () => void): () => void {
  const listener = { names, tell };
  listeners.add(listener);
  if (source === undefined) open();
  return () => listeners.delete(listener);
}

function open(): void {
  source = new EventSource(apiAddress('/events'));
  for (const name of factNames) source.addEventListener(name, () => tellOf(name));
  source.addEventListener('reset', tellAll);
  source.addEventListener('open', opened);
  source.addEventListener('error', broken);
}

function opened(): void {
  isAway.value = false;
  if (wasBroken) lineBreaks.value += 1;
  if (wasBroken) tellAll();
  wasBroken = false;
}

function broken(): void {
  wasBroken = true;
  // While it is closed for good, such as after a session that ended, the browser does not try again by itself.
  if (source?.readyState !== EventSource.CLOSED) return;
  source = undefined;
  lineBreaks.value += 1;
  clock.after(retryMs, () => void sessionState.until((state) => state === 'open').then(again));
}

function again(): void {
  if (source === undefined && listeners.size > 0) open();
}

function tellOf(name: FactName): void {
  for (const { names, tell } of listeners) if (names.includes(name)) tell();
}

function tellAll(): void {
  for (const { tell } of listeners) tell();
}
