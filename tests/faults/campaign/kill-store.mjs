// Loaded into the server under test: on SIGUSR2 the thread of the embedded store dies.
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';

if (threads.isMainThread) {
  const stores = new Set();
  const { Worker } = threads;
  threads.Worker = class extends Worker {
    constructor(file, options) {
      super(file, options);
      if (options?.workerData?.file?.endsWith('telemetry.duckdb')) {
        stores.add(this);
        this.once('exit', () => stores.delete(this));
      }
    }
  };
  syncBuiltinESMExports();
  process.on('SIGUSR2', () => {
    for (const store of stores) void store.terminate();
  });
}
