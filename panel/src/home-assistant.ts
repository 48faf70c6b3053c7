// Owns the talk with Home Assistant, in whose frame the panel may be: how it writes times, whether it is narrow, its menu button.
// Must stay true: outside of Home Assistant, and whatever it answers, everything here has a usable default.
import { Signal } from './signal.ts';

/** Of the person, as their profile in Home Assistant says. */
export type HomeAssistantLocale = {
  readonly language: string;
  readonly time_format?: 'language' | 'system' | '12' | '24';
  /** `language`, or the name of a day in English. */
  readonly first_weekday?: string;
  readonly time_zone?: 'local' | 'server';
};

type Hass = { readonly locale?: HomeAssistantLocale; readonly config?: { readonly time_zone?: string } };

type Insets = { readonly top?: string; readonly right?: string; readonly bottom?: string; readonly left?: string };

export type FrameProperties = {
  readonly narrow: boolean;
  readonly route?: { readonly path?: string };
  readonly safeAreaInsets?: Insets;
};

/** Undefined while the panel is in no frame of Home Assistant, or it has said nothing yet. */
export const frame = new Signal<FrameProperties | undefined>(undefined);

function hassOf(): Hass | undefined {
  try {
    if (window.parent === window) return undefined;
    return (window.parent.document.querySelector('home-assistant') as { hass?: Hass } | null)?.hass;
  } catch {
    return undefined;
  }
}

export function homeAssistantLocale(): HomeAssistantLocale | undefined {
  return hassOf()?.locale;
}

/** Such as `Europe/Berlin`, where the person wants the house's; undefined for the browser's own. */
export function homeAssistantTimeZone(): string | undefined {
  const hass = hassOf();
  return hass?.locale?.time_zone === 'server' ? hass.config?.time_zone : undefined;
}

/** `tell`: something that the person chose there may be another one now. */
export function followHomeAssistant(tell: () => void): void {
  if (window.parent === window) return;
  window.addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
    if (source !== window.parent || !isProperties(data)) return;
    takeProperties(data);
    tell();
  });
  window.addEventListener('focus', tell);
  post({ type: 'home-assistant/subscribe-properties', handleSafeArea: true });
  try {
    new MutationObserver(tell).observe(window.parent.document.documentElement, { attributes: true, attributeFilter: ['lang'] });
  } catch {
    // Of another origin: its language cannot be followed.
  }
}

export function toggleMenu(): void {
  post({ type: 'home-assistant/toggle-menu' });
}

/** `path`: such as `/config/integrations`. */
export function openInHomeAssistant(path: string): void {
  post({ type: 'home-assistant/navigate', path });
}

/** On a narrow screen the panel's own header takes the place of the one that Home Assistant would draw above it. */
function takeProperties(properties: FrameProperties): void {
  const isOther = properties.narrow !== (frame.value?.narrow ?? false);
  frame.value = properties;
  for (const [side, inset] of Object.entries(properties.safeAreaInsets ?? {})) {
    if (typeof inset === 'string') document.documentElement.style.setProperty(`--safe-${side}`, inset);
  }
  if (!isOther) return;
  post({ type: 'home-assistant/unsubscribe-properties' });
  post({ type: 'home-assistant/subscribe-properties', handleSafeArea: true, kioskMode: properties.narrow });
}

function isProperties(data: unknown): data is FrameProperties {
  return (
    typeof data === 'object' && data !== null && 'type' in data && data.type === 'home-assistant/properties' && 'narrow' in data
  );
}

function post(message: object): void {
  window.parent.postMessage(message, window.location.origin);
}
