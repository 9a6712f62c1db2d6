import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeviceId, ExportQuery, seesHospital } from '@uptower/domain';
import { HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import type { Services } from './services.ts';
import { fromStore } from './store-answers.ts';

const TYPE = { csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' };

/** Telemetry as a file: written beside the data first, so that the answer is whole or an error. */
export function exportRoutes(router: Router, services: Services): void {
  let made = 0;

  router.get('/export', async (request, response, next) => {
    let file: string | undefined;
    try {
      const viewer = requireViewer(request, 'see-operations');
      const { from, to, device, metric, format } = parse(ExportQuery, request.query);
      if (from >= to) throw new HttpProblem('bad-request', 'from must be before to');
      const seen = [...services.registry.devices.values()].filter((known) => seesHospital(viewer, known.hospitalId));
      const devices = device ? seen.filter(({ id }) => device.includes(id as DeviceId)) : seen;
      if (device && devices.length < new Set(device).size) throw new HttpProblem('not-found');
      const store = await services.history();
      mkdirSync(services.exportDir, { recursive: true });
      file = join(services.exportDir, `${process.pid}-${made++}.${format}`);
      const target = file;
      const what = { from, to, devices: devices.map(({ id }) => id), metrics: metric ?? null };
      await fromStore(() => store.exportTo(target, format, what, () => undefined));
      response.attachment(`uptower-${format === 'csv' ? 'readings.csv' : 'readings.parquet'}`).type(TYPE[format]);
      await new Promise<void>((resolve, reject) =>
        response.sendFile(target, (error) => (error && !response.headersSent ? reject(error) : resolve())),
      );
    } catch (error) {
      next(error);
    } finally {
      if (file) await rm(file, { force: true });
    }
  });
}
