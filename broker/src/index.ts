export { type Broker, type BrokerOptions, createBroker } from './broker.ts';
export type { BrokerPorts, Incoming } from './ports.ts';
