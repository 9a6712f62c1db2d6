import { join } from 'node:path';
import {
  applyRegistryEvent,
  type Clock,
  emptyRegistry,
  evolveWorkOrder,
  isRegistryEvent,
  pickStory,
  type UptowerEvent,
  type WorkOrder,
} from '@uptower/domain';
import { answer, type EventLog, follow, type Logger, mqttUrlOf, wallClock, webUrlOf } from '@uptower/platform';
import { buildWorld, demoAccounts, startDemoWorld } from '@uptower/simulators';
import { Router } from 'express';
import { type Config, ConfigError } from './config.ts';
import { demoClock } from './demo-clock.ts';
import { type RunningServer, startServer } from './server.ts';

type DemoAccount = ReturnType<typeof demoAccounts>[number];

/** What the sign-in page shows of the demo: who may sign in, and the story being told. */
async function demoRouter(
  accounts: readonly DemoAccount[],
  events: EventLog<UptowerEvent>,
  clock: Clock,
): Promise<Router> {
  const registry = emptyRegistry();
  const orders = new Map<string, WorkOrder>();
  await follow(events, ({ event }) => {
    if (isRegistryEvent(event)) applyRegistryEvent(registry, event);
    else if (event.type.startsWith('work-order.') && 'workOrderId' in event)
      orders.set(event.workOrderId, evolveWorkOrder(orders.get(event.workOrderId), event));
  });
  const story = () => {
    const told = pickStory(orders.values());
    const device = told && registry.devices.get(told.deviceId);
    const hospital = device && registry.hospitals.get(device.hospitalId);
    return device && hospital ? { deviceName: device.name, hospitalName: hospital.name } : null;
  };
  const router = Router();
  router.get(
    '/demo',
    answer(() => ({
      accounts: accounts.map(({ username, password, name, role }) => ({ username, password, name, role })),
      story: story(),
      speed: clock.speed,
      now: clock.now(),
    })),
  );
  return router;
}

export interface RunningDemo extends RunningServer {
  readonly demoAccounts: readonly DemoAccount[];
}

/** The whole product with a simulated world around it, which reaches it over MQTT and HTTP like the real one. */
export async function startDemo(config: Config, log: Logger, dashboard?: string): Promise<RunningDemo> {
  if (config.externalBroker)
    throw new ConfigError("externalBroker is for `uptower serve`: the demo's devices know the broker of the demo only");
  const world = buildWorld(config.seed);
  const accounts = demoAccounts(world);
  const server = await startServer({
    config,
    log,
    dashboard,
    makeClock: async (events) => {
      const newest = (await events.read(events.head() - 1, 1))[0]?.recordedAt ?? 0;
      return demoClock(join(config.dataDir, 'clock.json'), config.speed, wallClock().now(), newest);
    },
    demo: {
      accounts: accounts.map((account) => ({ ...account, demo: true })),
      router: ({ events, clock }) => demoRouter(accounts, events, clock),
    },
  });
  try {
    const simulated = await startDemoWorld({
      mqttUrl: mqttUrlOf({ host: config.host, mqttPort: server.mqttPort }),
      apiUrl: `${webUrlOf({ host: config.host, webPort: server.webPort })}/api/v1`,
      token: server.integrationToken,
      clock: server.clock,
      seed: config.seed,
      truthFile: join(config.dataDir, 'simulation', 'truth.jsonl'),
      stateFile: join(config.dataDir, 'simulation', 'state.json'),
      log,
    });
    return {
      ...server,
      demoAccounts: accounts,
      async stop() {
        await simulated.stop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
