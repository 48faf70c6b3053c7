/** Asks one house's API as the owner of a token; a reply outside 200–299 is an error that shows it. */
export type ApiCall = <Reply>(method: string, path: string, body?: unknown) => Promise<Reply>;

/** `base` is such as `http://127.0.0.1:8080`. */
export function apiCall(base: string, token: string): ApiCall {
  return async <Reply>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`${base}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Reply;
  };
}
