/** Parameters after a semicolon: name in lower case → value, null for a flag. */
export type Params = Map<string, string | null>;

export type NameAddr = {
  readonly displayName: string;
  /** The URI text without angle brackets. */
  readonly uri: string;
  readonly params: Params;
};

export type CSeq = { readonly number: number; readonly method: string };

export type Via = {
  /** Upper case: UDP, TCP, TLS, WS, WSS. */
  readonly transport: string;
  /** IPv6 in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
};

export function parseNameAddr(_text: string): NameAddr | undefined {
  return undefined;
}

export function parseCSeq(_text: string): CSeq | undefined {
  return undefined;
}

export function parseVia(_text: string): Via | undefined {
  return undefined;
}
