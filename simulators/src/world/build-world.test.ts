import { danglingReferences, distanceMetres, emptyRegistry, hasSkill, RegistryUpload } from '@uptower/domain';
import { expect, test } from 'vitest';
import { firstStory, STORIES } from '../failure-modes/stories.ts';
import { buildWorld, FIRST_STORY_ENGINEER } from './build-world.ts';
import { demoAccounts } from './demo-accounts.ts';

const world = buildWorld(1);

test('the region has 24 hospitals, 220 devices of 8 models and 18 engineers', () => {
  const { hospitals, sites, contracts, models, devices, engineers } = world;
  expect([hospitals, sites, contracts, models, devices, engineers].map((list) => list.length)).toEqual([
    24, 24, 24, 8, 220, 18,
  ]);
});

test('the registry takes it as it is', () => {
  expect(RegistryUpload.safeParse(JSON.parse(JSON.stringify(world))).success).toBe(true);
  expect(danglingReferences(emptyRegistry(), world)).toEqual([]);
});

test('ids are given once', () => {
  for (const list of [world.hospitals, world.sites, world.contracts, world.devices, world.engineers, world.parts])
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
  for (const model of world.models) {
    const keys = model.rules.map((rule) => rule.id);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test('the same seed makes the same world, another seed another one', () => {
  expect(buildWorld(1)).toEqual(world);
  expect(buildWorld(2)).not.toEqual(world);
});

test('every failure mode has two rules or a growth rule, a safe beginning, a test at the end and somebody able', () => {
  for (const model of world.models) {
    expect(model.failureModes.length).toBeGreaterThanOrEqual(2);
    for (const mode of model.failureModes) {
      expect(model.rules.some((rule) => rule.failureMode === mode.key)).toBe(true);
      expect(mode.steps.length).toBeGreaterThanOrEqual(5);
      expect(mode.steps[0]?.key).toBe('makeSafe');
      expect(mode.steps.at(-1)?.key).toBe('returnToService');
      const able = world.engineers.filter(({ skills }) => hasSkill(skills, mode.skill));
      expect(able.length, mode.key).toBeGreaterThanOrEqual(2);
      for (const part of mode.parts)
        expect(
          able.some(({ vanStock }) => (vanStock[part] ?? 0) > 0),
          part,
        ).toBe(true);
    }
  }
});

test('somebody works from seven in the morning to ten in the evening, every day', () => {
  for (let weekday = 1; weekday <= 7; weekday++)
    for (let minute = 7 * 60; minute < 22 * 60; minute += 30)
      expect(
        world.engineers.some(({ shifts }) =>
          shifts.some((s) => s.weekday === weekday && s.fromMinute <= minute && minute < s.toMinute),
        ),
        `weekday ${weekday}, minute ${minute}`,
      ).toBe(true);
});

test('the MR engineer of the first story lives within five kilometres of it and is the field account', () => {
  const engineer = world.engineers.find(({ id }) => id === FIRST_STORY_ENGINEER);
  const site = world.sites.find(({ hospitalId }) => hospitalId === firstStory.hospitalId);
  expect(engineer && site && distanceMetres(engineer.home, site.place)).toBeLessThan(5_000);
  expect(engineer?.absences).toEqual([]);
  const accounts = demoAccounts(world);
  expect(accounts.find(({ role }) => role === 'field-engineer')?.engineerId).toBe(engineer?.id);
  expect(accounts.find(({ role }) => role === 'hospital')?.hospitalId).toBe(firstStory.hospitalId);
});

test('every story is about a device that exists', () => {
  for (const story of STORIES)
    expect(
      world.devices.some(({ id }) => id === story.deviceId),
      story.key,
    ).toBe(true);
});
