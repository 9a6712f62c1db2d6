import { candidateVehicles } from './candidates.ts';
import type { Instance } from './instance.ts';

/**
 * Who could serve whom, and which vehicles are alike. Of empty vehicles that differ in nothing one is looked at for all.
 */
export class Fleet {
  /** For each visit the vehicles worth pricing, in order of number. */
  readonly vehiclesFor: readonly Int32Array[];
  /** Vehicles that differ in nothing but their number have one kind. */
  readonly kindOf: Int32Array;
  readonly kindCount: number;
  private readonly allowed: Uint8Array; // visit x vehicle

  constructor(instance: Instance) {
    const { vehicleCount } = instance;
    this.vehiclesFor = candidateVehicles(instance);
    this.allowed = new Uint8Array(instance.visitCount * vehicleCount);
    this.vehiclesFor.forEach((vehicles, visit) => {
      for (const vehicle of vehicles) this.allowed[visit * vehicleCount + vehicle] = 1;
    });
    const kinds = new Map<string, number>();
    const described = kindDescriptions(instance);
    this.kindOf = Int32Array.from(described, (description) => {
      const kind = kinds.get(description) ?? kinds.size;
      kinds.set(description, kind);
      return kind;
    });
    this.kindCount = kinds.size;
  }

  may(vehicle: number, visit: number): boolean {
    return this.allowed[visit * this.kindOf.length + vehicle] === 1;
  }
}

function kindDescriptions({ plain, vehicleCount }: Instance): string[] {
  const named = plain.engineers.map(() => [] as string[]); // visits that speak of the engineer by number
  plain.visits.forEach((planned, visit) => {
    const { requiredEngineer, excludedEngineers, previous, frozen } = planned;
    const name = (what: string, engineer: number | undefined) => {
      if (engineer !== undefined) named[engineer]?.push(`${what}${visit}`);
    };
    name('r', requiredEngineer);
    for (const engineer of excludedEngineers ?? []) name('x', engineer);
    name('p', previous?.engineer);
    name('f', frozen?.engineer);
    for (const engineer of planned.preferredEngineers ?? []) name('w', engineer);
    for (const engineer of planned.familiarEngineers ?? []) name('k', engineer);
    for (const engineer of planned.territoryEngineers ?? []) name('t', engineer);
    for (const { engineer, seconds } of planned.serviceSecondsBy ?? []) name(`s${seconds}:`, engineer);
  });
  const descriptions = plain.engineers.flatMap(({ skills, shifts }, engineer) => {
    const own = JSON.stringify([skills, named[engineer]]);
    return shifts.map((shift) => own + JSON.stringify(shift));
  });
  return descriptions.slice(0, vehicleCount);
}
