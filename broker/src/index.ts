export { type Broker, createBroker } from './broker.ts';
export { readTlsFiles, TlsFileProblem } from './connections/tls-files.ts';
export { type BrokerOptions, DEFAULT_LIMITS, type Limits, type TlsMaterial } from './options.ts';
export { type BrokerPorts, type Incoming, type Outgoing, REFUSALS, type Refusal } from './ports.ts';
export { countSessionRows } from './sessions/check.ts';
