// Owns where the panel is: at `/`, behind the prefix of a proxy, or below Home Assistant's ingress.
// Must stay true: an address is always made from the base of the page, which the server writes for its depth.

/** The folder of the panel, such as `https://home.example/api/hassio_ingress/abc/`. */
export const base = new URL('./', document.baseURI);

export const isIngress = base.pathname.startsWith('/api/hassio_ingress/');

/** `/devices` → the address of that endpoint. */
export function apiAddress(path: string): URL {
  return new URL(`api${path}`, base);
}
