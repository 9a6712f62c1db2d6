import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CommandFailed } from './api-client.ts';
import { makeAuthority, makeClientCertificate, makeServerCertificate, type Signed } from './certificates.ts';

/** Where `uptower tls init` puts its files, and where the server looks when no others are configured. */
export function tlsFilesIn(dataDir: string) {
  const dir = join(dataDir, 'tls');
  return {
    dir,
    caCert: join(dir, 'ca.crt'),
    caKey: join(dir, 'ca.key'),
    cert: join(dir, 'server.crt'),
    key: join(dir, 'server.key'),
  };
}

function write(certFile: string, keyFile: string, { cert, key }: Signed): void {
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(certFile, cert);
}

function readAuthority(dataDir: string): Signed | undefined {
  const { caCert, caKey } = tlsFilesIn(dataDir);
  if (!existsSync(caCert) || !existsSync(caKey)) return undefined;
  return { cert: readFileSync(caCert, 'utf8'), key: readFileSync(caKey, 'utf8') };
}

/** `uptower tls init`: an authority (kept when there is one) and a certificate of this server, signed by it. */
export async function tlsInit(dataDir: string, names: readonly string[], renew: boolean, now: number): Promise<string> {
  const files = tlsFilesIn(dataDir);
  if (existsSync(files.cert) && !renew)
    throw new CommandFailed(
      `${files.cert} is there already; --renew makes a new server certificate of the same authority`,
    );
  mkdirSync(files.dir, { recursive: true, mode: 0o700 });
  const known = readAuthority(dataDir);
  const authority = known ?? (await makeAuthority(`Uptower at ${hostname()}`.slice(0, 64), now));
  if (!known) write(files.caCert, files.caKey, authority);
  const all = [...new Set(['localhost', hostname(), '127.0.0.1', '::1', ...names])];
  write(files.cert, files.key, await makeServerCertificate(authority, all, now));
  return `${known ? 'A new server certificate' : 'An authority and a server certificate'} for ${all.join(', ')}

  ${files.caCert}       give this to devices: they trust the server by it
  ${files.caKey}       signs certificates; keep it to yourself
  ${files.cert}
  ${files.key}

The next start of Uptower uses them: MQTT over TLS on port 8883. Name further host names or addresses with --name.
"npx uptower connect <device> --certificate" makes a device its own certificate.`;
}

/** A key and certificate for a device, signed by the authority of this data directory; the files it is written to. */
export async function issueClientCertificate(dataDir: string, id: string, now: number) {
  const authority = readAuthority(dataDir);
  if (!authority)
    throw new CommandFailed(
      `there is no authority in ${tlsFilesIn(dataDir).dir}; make one with "npx uptower tls init"`,
    );
  const { dir, caCert } = tlsFilesIn(dataDir);
  const [cert, key] = [join(dir, `${id}.crt`), join(dir, `${id}.key`)];
  const signed = await makeClientCertificate(authority, id, now);
  write(cert, key, signed);
  return { cert, key, caCert, pem: signed.cert };
}
