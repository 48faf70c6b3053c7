import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';

/** What TLS and WSS listeners need, and how peers are verified. All files are PEM. Only a listener needs a key and a certificate. */
export type TlsOptions = {
  readonly keyFile?: string | undefined;
  /** The certificate, and intermediate ones after it. */
  readonly certFile?: string | undefined;
  /** Intermediate certificates, if `certFile` has none. */
  readonly chainFile?: string | undefined;
  /** Certificate authorities to trust instead of the public ones. */
  readonly caFile?: string | undefined;
  /** Certificate authorities to trust besides the public ones, or besides those of `caFile`. */
  readonly moreCaFile?: string | undefined;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  readonly ciphers?: string | undefined;
  /** Verify the certificates of servers that we connect to. Default: no, like the native server. */
  readonly verifyServers?: boolean | undefined;
  /** Require a valid certificate of clients. */
  readonly requireClientCertificate?: boolean | undefined;
};

export type TlsLoad =
  | { readonly kind: 'loaded'; readonly settings: SecureContextOptions }
  | { readonly kind: 'problem'; readonly text: string; readonly cause: unknown };

/** Reads the files; the problem names the option at fault. */
export function loadTls(options: TlsOptions): TlsLoad {
  let option = 'keyFile';
  const read = (name: 'keyFile' | 'certFile' | 'chainFile' | 'caFile' | 'moreCaFile'): Buffer => {
    option = name;
    return readFileSync(options[name] ?? '');
  };
  try {
    const settings: SecureContextOptions = { minVersion: options.minVersion ?? 'TLSv1.2' };
    if (options.keyFile !== undefined) settings.key = read('keyFile');
    if (options.certFile !== undefined) {
      const cert = read('certFile');
      settings.cert = options.chainFile === undefined ? cert : Buffer.concat([cert, Buffer.from('\n'), read('chainFile')]);
    }
    if (options.caFile !== undefined) settings.ca = read('caFile');
    if (options.moreCaFile !== undefined) settings.ca = [settings.ca ?? getCACertificates(), read('moreCaFile')].flat();
    if (options.ciphers !== undefined) settings.ciphers = options.ciphers;
    option = 'keyFile, certFile or ciphers';
    createSecureContext(settings);
    return { kind: 'loaded', settings };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'problem', text: `TLS cannot be set up (${option}): ${reason}`, cause };
  }
}

/** A text that changes whenever one of the files is written. */
export function fileVersions({ keyFile, certFile, chainFile, caFile, moreCaFile }: TlsOptions): string {
  const files = [keyFile, certFile, chainFile, caFile, moreCaFile].filter((file) => file !== undefined);
  return files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'missing').join();
}
