import { type ComponentState, hasFaults, type Inputs, renew, startComponent, takeCode, takeValue } from './features.ts';

/** One thing that became known of a device, at an hour. */
export type HazardInput =
  | {
      readonly kind: 'values';
      readonly device: number;
      readonly at: number;
      readonly values: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'code'; readonly device: number; readonly at: number; readonly code: string }
  | { readonly kind: 'renewed'; readonly device: number; readonly at: number; readonly component: string }
  | { readonly kind: 'failed'; readonly device: number; readonly at: number; readonly component: string };

/** What one device's components are remembered by. Plain data. */
export interface DeviceState {
  components: Record<string, { state: ComponentState; judgedAt: number | null }>;
}

/** What holds for the whole stream. */
export interface StreamOptions {
  readonly inputs: Inputs;
  readonly components: readonly string[];
  readonly kindOf: (metric: string) => 'counter' | 'gauge';
  /** Without news a component is judged no more often than this, hours. */
  readonly everyHours: number;
  /** How often a silent device that is observed is counted, hours. */
  readonly quietHours: number;
}

export const startDevice = ({ components }: StreamOptions): DeviceState => ({
  components: Object.fromEntries(components.map((name) => [name, { state: startComponent(), judgedAt: null }])),
});

/**
 * Takes one input and returns the components to judge anew: at news (a counter grew, a code came) at once, otherwise
 * when the last judgement is old enough. After a failure or a replacement the component is another one.
 */
export function take(device: DeviceState, model: string, input: HazardInput, options: StreamOptions): string[] {
  if (input.kind === 'renewed' || input.kind === 'failed') {
    const component = device.components[input.component];
    if (component) {
      renew(component.state, input.at);
      component.judgedAt = null;
    }
    return [];
  }
  const due: string[] = [];
  for (const name of options.components) {
    const component = device.components[name];
    if (!component) continue;
    let news = false;
    if (input.kind === 'code') {
      takeCode(component.state, options.inputs, input.code, input.at);
      news = true;
    } else
      for (const metric in input.values) {
        const kind = options.kindOf(metric);
        const value = input.values[metric] as number;
        if (takeValue(component.state, options.inputs, model, kind, metric, value, input.at)) news = true;
      }
    if (news || component.judgedAt === null || input.at - component.judgedAt >= options.everyHours) {
      component.judgedAt = input.at;
      due.push(name);
    }
  }
  return due;
}

/** When a device that last spoke, or was judged in silence, at `hour` is judged again if it goes on saying nothing. */
export const nextSilence = (hour: number, quietHours: number): number => hour + quietHours;

/**
 * The device is observed and has had nothing new to say for `quietHours`: a component with faults counted is judged again,
 * as it may deserve another order once the last has run out; of the others silence says nothing new.
 */
export function takeSilence(device: DeviceState, at: number): string[] {
  const due: string[] = [];
  for (const [name, component] of Object.entries(device.components)) {
    if (!hasFaults(component.state)) continue;
    component.judgedAt = at;
    due.push(name);
  }
  return due;
}
