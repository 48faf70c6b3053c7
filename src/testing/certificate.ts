import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram } from './program.ts';

export type CertificateFiles = { readonly keyFile: string; readonly certFile: string };

let made: CertificateFiles | undefined;

/** A self-signed certificate for localhost and 127.0.0.1, made once for each test process and removed at its end. */
export function certificate(): CertificateFiles {
  made ??= make();
  return made;
}

function make(): CertificateFiles {
  requireProgram('openssl');
  const folder = mkdtempSync(join(tmpdir(), 'gosip-certificate-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const files = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') };
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', files.keyFile];
  const args = ['req', '-x509', ...key, '-out', files.certFile, '-days', '2', '-subj', '/CN=localhost', '-addext', names];
  execFileSync('openssl', args, { stdio: 'ignore' });
  return files;
}
