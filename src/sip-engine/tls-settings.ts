import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

/** What TLS and WSS listeners need, and how peers are checked. All files are PEM. */
export type TlsOptions = {
  readonly keyFile: string;
  /** The certificate, and intermediate ones after it. */
  readonly certFile: string;
  /** Intermediate certificates, if `certFile` has none. */
  readonly chainFile?: string | undefined;
  /** Authorities to trust in place of the public ones. */
  readonly caFile?: string | undefined;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  readonly ciphers?: string | undefined;
  /** Check the certificates of servers that we connect to. Default: no, as the native server does. */
  readonly verifyServers?: boolean | undefined;
  /** Ask clients for a certificate and refuse those without a valid one. */
  readonly requireClientCertificate?: boolean | undefined;
};

export type TlsLoad =
  | { readonly kind: 'loaded'; readonly settings: SecureContextOptions }
  | { readonly kind: 'problem'; readonly text: string; readonly cause: unknown };

/** Reads the files; the problem names the option at fault. */
export function loadTls(options: TlsOptions): TlsLoad {
  let option = 'keyFile';
  const read = (name: 'keyFile' | 'certFile' | 'chainFile' | 'caFile'): Buffer => {
    option = name;
    return readFileSync(options[name] ?? '');
  };
  try {
    const key = read('keyFile');
    const cert = read('certFile');
    const settings: SecureContextOptions = { key, minVersion: options.minVersion ?? 'TLSv1.2' };
    settings.cert = options.chainFile === undefined ? cert : Buffer.concat([cert, Buffer.from('\n'), read('chainFile')]);
    if (options.caFile !== undefined) settings.ca = read('caFile');
    if (options.ciphers !== undefined) settings.ciphers = options.ciphers;
    option = 'keyFile, certFile or ciphers';
    createSecureContext(settings);
    return { kind: 'loaded', settings };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'problem', text: `TLS cannot be set up (${option}): ${reason}`, cause };
  }
}

/** A text that is another one whenever one of the files was written. */
export function changeOf({ keyFile, certFile, chainFile, caFile }: TlsOptions): string {
  const files = [keyFile, certFile, chainFile, caFile].filter((file) => file !== undefined);
  return files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'missing').join();
}
