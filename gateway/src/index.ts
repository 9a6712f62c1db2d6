export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export type { Incoming } from './incoming.ts';
