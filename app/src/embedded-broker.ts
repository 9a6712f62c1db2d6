import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Broker, type BrokerPorts, createBroker, readTlsFiles, type TlsMaterial } from '@uptower/broker';
import type { Clock, UptowerEvent } from '@uptower/domain';
import type { Logger, Metrics } from '@uptower/platform';
import { limitsOf } from './broker-settings.ts';
import { tlsFilesIn } from './cli/tls.ts';
import type { Config } from './config.ts';

/** The files that are configured; else those `uptower tls init` made; undefined: TLS is off. */
function tlsOf(config: Config, now: number): TlsMaterial | undefined {
  const { tlsCertFile: certFile, tlsKeyFile: keyFile, tlsCaFile: caFile } = config;
  if (certFile && keyFile) return readTlsFiles({ certFile, keyFile, caFile }, now);
  const made = tlsFilesIn(config.dataDir);
  if (!existsSync(made.cert)) return undefined;
  return readTlsFiles({ certFile: made.cert, keyFile: made.key, caFile: caFile ?? made.caCert }, now);
}

/** Starts the broker of this server. `clock`: real time, whatever the demo's clock does. */
export async function startEmbeddedBroker(
  ports: BrokerPorts,
  config: Config,
  { log, metrics, clock }: { readonly log: Logger; readonly metrics: Metrics; readonly clock: Clock },
): Promise<Broker> {
  const tls = tlsOf(config, clock.now());
  const broker = await createBroker(ports, {
    host: config.host,
    port: config.mqttPort,
    tlsPort: config.mqttsPort,
    wsPort: config.wsPort,
    wssPort: config.wssPort,
    tls,
    maxPayloadBytes: config.maxPayloadBytes,
    limits: limitsOf(config),
    sessionDir: join(config.dataDir, 'mqtt'),
    clock,
    metrics,
    log,
  });
  if (!tls) log.info({}, 'broker.tls-off');
  return broker;
}

/** A credential that was revoked or replaced ends the connections that were made with it, at once. */
export function followCredentials(broker: Broker, event: UptowerEvent): void {
  if (event.type === 'credential.issued') broker.disconnect(event.username);
  else if (event.type === 'credential.revoked') broker.forget(event.username);
  else if (event.type === 'certificate.revoked') broker.disconnectCertificate(event.fingerprint);
}
