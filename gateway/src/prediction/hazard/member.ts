import { type Booster, sigmoid } from './boost.ts';
import { treeValue } from './tree.ts';

/** One committee member: whether a component fails within the horizon, and when, if it does. */
export interface Member {
  /** One of trees of eight leaves, one of a single split each, which sees no interactions and needs fewer failures. */
  readonly whether: readonly [large: Booster, small: Booster];
  /** Weight of the second, 0 to 1. */
  readonly smallShare: number;
  /** Hazard by interval of those that fail within the horizon; the interval is the column after the features. */
  readonly when: Booster;
  /** Whether waiting would lose it (see `lastChances`); a model without it never waits. */
  readonly urgency?: Booster;
}

const oddsOf = ({ base, trees }: Booster, x: Float32Array, interval: number): number => {
  let odds = base;
  for (const tree of trees) odds += treeValue(tree, x, interval);
  return odds;
};

const whetherOdds = ({ whether: [large, small], smallShare }: Member, x: Float32Array): number =>
  (1 - smallShare) * oddsOf(large, x, 0) + smallShare * oddsOf(small, x, 0);

/** P(fails within the horizon). */
export const whether = (member: Member, x: Float32Array): number => sigmoid(whetherOdds(member, x));

/** Of failures that could be foreseen in time: the share that a later order would lose. */
export const urgency = ({ urgency: booster }: Member, x: Float32Array): number =>
  booster ? sigmoid(oddsOf(booster, x, 0)) : 1;

/** Of those that fail within the horizon: the share that has failed by the end of each of `intervals` intervals; the last is 1. */
export function when(member: Member, x: Float32Array, intervals: number): number[] {
  const shares: number[] = [];
  let left = 1;
  for (let k = 0; k < intervals - 1; k += 1) {
    left *= 1 - sigmoid(oddsOf(member.when, x, k));
    shares.push(1 - left);
  }
  return [...shares, 1];
}

/** Means over the members, in log-odds of whether: one that never saw such a case does not drown the others. */
export function committee(members: readonly Member[], x: Float32Array, intervals: number) {
  let odds = 0;
  let urgent = 0;
  const shares = new Array<number>(intervals).fill(0);
  for (const member of members) {
    odds += whetherOdds(member, x) / members.length;
    urgent += urgency(member, x) / members.length;
    when(member, x, intervals).forEach((share, k) => {
      shares[k] = (shares[k] as number) + share / members.length;
    });
  }
  return { probability: sigmoid(odds), urgency: urgent, shares };
}
