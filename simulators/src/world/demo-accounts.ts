import { EngineerId, type HospitalId, type LocalText, type Role } from '@uptower/domain';
import { firstStory } from '../failure-modes/stories.ts';
import { FIRST_STORY_ENGINEER, type World } from './build-world.ts';

export interface DemoAccount {
  readonly username: string;
  readonly password: string;
  readonly name: LocalText;
  readonly role: Role;
  readonly hospitalId: HospitalId | null;
  readonly engineerId: EngineerId | null;
}

/** Who signs in in the demo. The password is public on purpose: these accounts exist only in a simulated region. */
const PASSWORD = 'uptower-demo';

export function demoAccounts(world: World): DemoAccount[] {
  const engineer = world.engineers.find(({ id }) => id === FIRST_STORY_ENGINEER);
  const hospital = world.hospitals.find(({ id }) => id === firstStory.hospitalId);
  if (!engineer || !hospital) throw new Error('the world has lost its first story');
  const account = (username: string, role: Role, en: string, zh: string): DemoAccount => ({
    username,
    password: PASSWORD,
    name: { en, zh },
    role,
    hospitalId: null,
    engineerId: null,
  });
  return [
    account('remote', 'remote-engineer', 'Tang Yu', '唐宇'),
    account('dispatch', 'dispatcher', 'Luo Dan', '罗丹'),
    {
      ...account('field', 'field-engineer', engineer.name.en, engineer.name.zh),
      engineerId: EngineerId.parse(engineer.id),
    },
    { ...account('hospital', 'hospital', hospital.name.en, hospital.name.zh), hospitalId: hospital.id },
    account('manager', 'manager', 'Jiang Nan', '江楠'),
  ];
}
