// Owns the address of what a notification is about, as its reader reaches the panel.
// Must stay true: it leads to the panel, by an address that the house gave or Home Assistant did, and nowhere else.
import type { PanelLink } from '../kinds/content.ts';

export type PanelAddresses = {
  /** The panel's own, such as `https://home.example.org/gosip`. */
  readonly own: string | undefined;
  /** Its page in Home Assistant, such as `/app/<slug>`; undefined where it has none or that is not known. */
  readonly page: string | undefined;
  /** Home Assistant's, from outside where it has such an address. */
  readonly homeAssistant: string | undefined;
};

/** `path`: of contract/panel-paths.ts. A page that tells of the app, and is not the panel, has nothing below it. */
export function pathInHomeAssistant(path: string, page: string): string {
  return page.startsWith('/app/') ? `${page}/${path}` : page;
}

/** `prefersHomeAssistant`: the reader signs in there. */
export function panelLink(path: string, addresses: PanelAddresses, prefersHomeAssistant: boolean): PanelLink {
  const { own, page, homeAssistant } = addresses;
  const ownUrl = own === undefined ? undefined : below(own, path);
  const there =
    homeAssistant === undefined || page === undefined ? undefined : below(homeAssistant, pathInHomeAssistant(path, page));
  return { path, url: prefersHomeAssistant ? (there ?? ownUrl) : (ownUrl ?? there) };
}

function below(base: string, path: string): string | undefined {
  const address = `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined;
}
