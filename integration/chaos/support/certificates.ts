/** A private authority, and the certificates of a server and of a client, made by openssl for one run. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  ca: Buffer;
  server: { key: Buffer; cert: Buffer };
  /** The files, for the environment of the app. */
  files: { ca: string; clientKey: string; clientCertificate: string };
}

export function makeCertificates(folder: string): Certificates {
  const file = (name: string) => join(folder, name);
  const openssl = (...options: string[]) => execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
  const keyOptions = ['-newkey', 'rsa:2048', '-nodes', '-sha256'];
  openssl(
    'req',
    '-x509',
    ...keyOptions,
    '-days',
    '2',
    '-subj',
    '/CN=ca',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  writeFileSync(file('names.cnf'), 'subjectAltName=IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    openssl('req', ...keyOptions, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-sha256'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-extfile', 'names.cnf', '-out', `${name}.pem`);
  }
  return {
    ca: readFileSync(file('ca.pem')),
    server: { key: readFileSync(file('server.key')), cert: readFileSync(file('server.pem')) },
    files: { ca: file('ca.pem'), clientKey: file('client.key'), clientCertificate: file('client.pem') },
  };
}
