const bytes = 16;

/** What nobody else calls a request; also where a page without TLS gets no `randomUUID`. */
export function newRequestId(): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((one) => one.toString(16).padStart(2, '0')).join('');
}
