// Owns what lies above a page and is not in its address: each layer is a step in the history, so that going back closes it alone.
// Called by the router, which owns the address, and by what opens a dialog.
// Must stay true: going back from a layer leaves the page below it as it is, also as it was narrowed down meanwhile.

/** What the history knows of a step. `layer`: how many lie above the page. */
type Step = { readonly step: number; readonly layer: number };

/** What closes them, the topmost last. */
const layers: (() => void)[] = [];
let last = step();
let address = window.location.href;

function step(): Step {
  return (window.history.state as Step | null) ?? { step: 0, layer: 0 };
}

function remember(): void {
  last = step();
  address = window.location.href;
}

/** Another page: in place of a layer that it was reached from, or that is closed already. */
export function pushAddress(to: URL): void {
  const now = step();
  if (now.layer > 0) window.history.replaceState({ step: now.step, layer: 0 }, '', to);
  else window.history.pushState({ step: now.step + 1, layer: 0 }, '', to);
  remember();
}

/** The same step by another address. */
export function replaceAddress(to: URL): void {
  window.history.replaceState(window.history.state, '', to);
  remember();
}

/** `close` is called when somebody goes back. Returns what is to be called when it was closed in another way. */
export function openLayer(close: () => void): () => void {
  layers.push(close);
  const now = step();
  // The step of a layer that was closed otherwise is there still.
  if (now.layer < layers.length) {
    window.history.pushState({ step: now.step + 1, layer: now.layer + 1 }, '', window.location.href);
    remember();
  }
  return () => {
    const at = layers.indexOf(close);
    if (at !== -1) layers.splice(at, 1);
  };
}

/** After a step through the history. Returns whether it may have led to another address. */
export function wentThroughHistory(): boolean {
  const [was, now] = [last, step()];
  const isOverLayers = now.layer < was.layer && was.step - now.step === was.layer - now.layer;
  if (!isOverLayers) {
    remember();
    closeAbove(0);
    return true;
  }
  window.history.replaceState(window.history.state, '', address);
  remember();
  // One that was closed otherwise has left a step that nobody sees.
  if (layers.length > now.layer) closeAbove(now.layer);
  else window.history.back();
  return false;
}

function closeAbove(count: number): void {
  while (layers.length > count) layers.pop()?.();
}
