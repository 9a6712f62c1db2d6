import { HOUR, MINUTE } from '@uptower/domain';
import { expect, test } from 'vitest';
import { firstStory, STORIES } from '../failure-modes/stories.ts';
import { SimulationState } from '../live/state-file.ts';
import { detectorOf } from '../testing/rule-maths.ts';
import { aPlant, MONDAY_MORNING as START } from '../testing/small-world.ts';
import { hiddenModeOf } from './catalogue.ts';

test('the same seed measures the same, another seed does not', () => {
  const readings = (seed: number) => {
    const { plant } = aPlant({ ...aPlant().state, seed, faults: [], services: {} });
    return plant.machines.slice(0, 30).map(({ device }) => plant.reading(device.id, START + 7 * HOUR));
  };
  expect(readings(1)).toEqual(readings(1));
  expect(readings(2)).not.toEqual(readings(1));
});

test('the first story is silent in the backlog and crosses its limit for good in the first minutes', () => {
  const { plant } = aPlant();
  plant.begin();
  const story = STORIES[0];
  if (!story) throw new Error('no story');
  const { rules } = hiddenModeOf(plant.machine(story.deviceId).kit, story.mode);
  const detectors = rules.map(detectorOf);
  const { phaseMs } = plant.machine(story.deviceId);
  const activeAt = (at: number) => {
    const values = plant.reading(story.deviceId, at);
    return detectors.filter((detector) => detector.feed(at, values)).length > 0;
  };
  for (let at = START - 24 * HOUR; at < START; at += 10 * MINUTE) expect(activeAt(at + phaseMs)).toBe(false);
  let alert: number | undefined;
  for (let at = START; alert === undefined && at < START + HOUR; at += MINUTE) if (activeAt(at + phaseMs)) alert = at;
  expect(((alert ?? 0) - START) / MINUTE).toBeGreaterThanOrEqual(8);
  expect(((alert ?? 0) - START) / MINUTE).toBeLessThanOrEqual(15);
});

test('a repair brings the metric back, and a failed one does not', () => {
  for (const story of STORIES) {
    const { plant, truth } = aPlant();
    plant.begin();
    const { effects } = hiddenModeOf(plant.machine(story.deviceId).kit, story.mode);
    const metric = effects[0]?.metric ?? '';
    const at = START + (story.crossesAtMinute + 60) * MINUTE;
    plant.advance(at);
    const sick = plant.reading(story.deviceId, at)[metric] ?? 0;
    for (let visit = 0; visit <= story.vainRepairs; visit++) {
      const service = plant.beginService(story.deviceId, `wo_x/${visit}`, 'eng_x', at);
      expect(plant.stateOf(story.deviceId, at)).toMatchObject({ status: 'down', activity: 'service' });
      plant.repair(story.deviceId, null, service, at);
      plant.endService(story.deviceId, service, at + 10 * MINUTE);
    }
    expect(truth.filter(({ what }) => what === 'repair-failed').length, story.key).toBe(story.vainRepairs);
    expect(truth.filter(({ what }) => what === 'repaired').length, story.key).toBe(1);
    const later = START + (story.crossesAtMinute + 150) * MINUTE;
    const well = plant.reading(story.deviceId, later)[metric] ?? 0;
    expect((well - sick) * Math.sign(effects[0]?.amount ?? 1)).toBeLessThan(0);
    expect(plant.stateOf(story.deviceId, later).status).toBe('up');
  }
});

test('an unrepaired fault fails at its hour, the device says so, and the hospital helps itself in the end', () => {
  const { plant, state } = aPlant();
  plant.begin();
  const fault = state.faults.find(({ id }) => id === 'story-first');
  const failsAt = fault?.failsAt ?? 0;
  expect(plant.advance(failsAt - 1).map(({ id }) => id)).not.toContain('story-first');
  expect(plant.advance(failsAt + 1).map(({ id }) => id)).toContain('story-first');
  expect(plant.stateOf(firstStory.deviceId, failsAt + 2).status).toBe('down');
  expect(plant.reading(firstStory.deviceId, failsAt + HOUR).activity).toBe(0);
  plant.advance(failsAt + 49 * HOUR);
  expect(plant.stateOf(firstStory.deviceId, failsAt + 49 * HOUR).status).toBe('up');
});

test('killed and started again from its file, the world goes on as if nothing had been', () => {
  const whole = aPlant();
  whole.plant.begin();
  whole.plant.advance(START + 5 * HOUR);
  const killed = SimulationState.parse(JSON.parse(JSON.stringify(whole.state)));
  whole.plant.advance(START + 40 * HOUR);
  const again = aPlant(killed, whole.world);
  again.plant.advance(START + 17 * HOUR);
  again.plant.advance(START + 40 * HOUR);
  expect(again.state.faults.map(({ id }) => id)).toEqual(whole.state.faults.map(({ id }) => id));
  for (const { device } of whole.plant.machines)
    expect(again.plant.reading(device.id, START + 4 * HOUR)).toEqual(whole.plant.reading(device.id, START + 4 * HOUR));
});

test('three to five faults begin on a day, and about thirty decoys', () => {
  const { plant, truth } = aPlant();
  plant.begin();
  const before = truth.filter(({ what }) => what === 'fault').length;
  const days = 10;
  for (let hour = 1; hour <= days * 24; hour++) plant.advance(START + hour * HOUR);
  const begun = truth.filter(({ what }) => what === 'fault').length - before;
  expect(begun / days).toBeGreaterThan(2.5);
  expect(begun / days).toBeLessThan(5.1);
  const decoys = truth.flatMap((line) => (line.what === 'decoy' ? [line.decoyId] : []));
  expect(decoys.filter((id) => !id.startsWith('presence-')).length / days).toBeCloseTo(30, 0);
});

test('once in its first hours each: a session that stands and says nothing, a clock, a sensor, a gateway; all end', () => {
  const { plant, truth } = aPlant();
  const told = () => truth.flatMap((line) => (line.what === 'decoy' ? [line] : []));
  plant.advance(START + 5 * HOUR);
  const scripted = told().filter(({ decoyId }) => decoyId.startsWith('presence-'));
  expect(new Set(scripted.map(({ kind }) => kind))).toEqual(new Set(['hung', 'clock-off', 'frozen', 'gateway-away']));
  expect(scripted.filter(({ kind }) => kind === 'gateway-away').map(({ deviceId }) => deviceId)).toEqual(
    plant.machines.filter(({ device }) => device.siteId === 'site_yaan').map(({ device }) => device.id),
  );
  for (const { kind, deviceId, at, to, metric } of scripted) {
    const shows = (moment: number) => {
      if (kind === 'hung') return plant.isHung(deviceId, moment);
      if (kind === 'gateway-away') return plant.isSilenced(deviceId, moment);
      if (kind === 'clock-off') return plant.clockOf(deviceId, moment) !== moment;
      const values = Array.from({ length: 20 }, (_, i) => plant.reading(deviceId, moment + i * MINUTE)[metric ?? '']);
      return new Set(values).size === 1;
    };
    expect([kind, shows(at - 30 * MINUTE), shows(at), shows(to - 20 * MINUTE), shows(to)]).toEqual([
      kind,
      false,
      true,
      true,
      false,
    ]);
    expect((to - START) / MINUTE).toBeLessThanOrEqual(300);
  }
});
