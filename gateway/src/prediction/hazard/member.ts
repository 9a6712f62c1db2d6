import { type Booster, sigmoid } from './boost.ts';
import { treeValue } from './tree.ts';

/** P(no failure by the end of each interval), product of one minus the hazards. */
export function survival(member: Booster, x: Float32Array, intervals: number): number[] {
  const curve: number[] = [];
  let alive = 1;
  for (let k = 0; k < intervals; k += 1) {
    let odds = member.base;
    for (const tree of member.trees) odds += treeValue(tree, x, k);
    alive *= 1 - sigmoid(odds);
    curve.push(alive);
  }
  return curve;
}

/** Mean of the members' survival curves. */
export function meanSurvival(members: readonly Booster[], x: Float32Array, intervals: number): number[] {
  const mean = new Array<number>(intervals).fill(0);
  for (const member of members)
    survival(member, x, intervals).forEach((alive, k) => {
      mean[k] = (mean[k] as number) + alive / members.length;
    });
  return mean;
}
