// Owns where somebody is: the address of the page, its history, and links.
// Must stay true: addresses are below the base of the page, so that they work at `/`, behind a prefix and under ingress.
import { pushAddress, replaceAddress, wentThroughHistory } from './layers.ts';
import { base } from './place.ts';
import { pathOf, placeOf } from './routes.ts';
import type { PageName, Place } from './routes.ts';
import { Signal } from './signal.ts';

function current(): Place {
  const { pathname, search } = window.location;
  return placeOf(pathname.startsWith(base.pathname) ? pathname.slice(base.pathname.length) : '', search);
}

export const place = new Signal<Place>(current());

/** Whether the page was gone to, and not gone back to: then it begins at its top. */
let isAnew = false;

export function takeAnew(): boolean {
  const was = isAnew;
  isAnew = false;
  return was;
}

export function go(page: PageName, id?: string, query?: Readonly<Record<string, string>>): void {
  visit(pathOf(page, id, query));
}

/** `path`: below the base, with its query. */
export function visit(path: string): void {
  const address = new URL(path === '' ? './' : path.replace(/^\/+/, ''), base);
  if (address.origin !== base.origin || !address.pathname.startsWith(base.pathname)) return;
  const before = place.value.page;
  if (address.href !== window.location.href) pushAddress(address);
  isAnew ||= current().page !== before;
  place.value = current();
}

/** Back to the page of what is open now, without a step in the history. */
export function closeDetail(): void {
  const { page, query } = place.value;
  if (page !== 'missing') replace(pathOf(page, undefined, query));
}

/** Another one of the page is open, in place of what was: no step in the history. */
export function openDetail(id: string): void {
  const { page, query } = place.value;
  if (page !== 'missing') replace(pathOf(page, id, query));
}

/**
 * Writes into the address what a page is narrowed down to, so that it can be kept and sent; no step in the history. Nothing where the address
 * is another page's already, which is still being loaded.
 */
export function narrow(page: PageName, query: Readonly<Record<string, string>>): void {
  if (place.value.page === page) replace(pathOf(page, place.value.id, query));
}

function replace(path: string): void {
  replaceAddress(new URL(path.startsWith('?') ? `./${path}` : path || './', base));
  place.value = current();
}

/** Links of the panel change the page without loading it anew, wherever in a shadow tree they are. */
export function startRouter(): void {
  window.addEventListener('popstate', () => {
    if (wentThroughHistory()) place.value = current();
  });
  window.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((one): one is HTMLAnchorElement => one instanceof HTMLAnchorElement);
    if (link === undefined || link.target !== '' || link.hasAttribute('download')) return;
    const address = new URL(link.href);
    if (address.origin !== base.origin || !address.pathname.startsWith(base.pathname)) return;
    if (address.pathname.slice(base.pathname.length).startsWith('api/')) return;
    event.preventDefault();
    visit(`${address.pathname.slice(base.pathname.length)}${address.search}`);
  });
}
