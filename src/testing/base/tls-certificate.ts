import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TestCertificate = { readonly keyFile: string; readonly certFile: string; readonly remove: () => void };

/** A self-signed certificate for these subject alternative names, such as `DNS:pbx.example` and `IP:127.0.0.1`, made now by openssl. */
export function makeCertificate(names: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1']): TestCertificate {
  const directory = mkdtempSync(join(tmpdir(), 'test-certificate-'));
  const keyFile = join(directory, 'key.pem');
  const certFile = join(directory, 'cert.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const certificate = [
    '-x509',
    '-days',
    '3',
    '-subj',
    '/CN=test',
    '-addext',
    `subjectAltName=${names.join(',')}`,
    '-out',
    certFile,
  ];
  execFileSync('openssl', ['req', ...key, ...certificate], { stdio: 'ignore' });
  return { keyFile, certFile, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
