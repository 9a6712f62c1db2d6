import type { ComponentState } from './features.ts';
import {
  type DeviceState,
  type HazardInput,
  nextSilence,
  type StreamOptions,
  startDevice,
  take,
  takeSilence,
} from './stream.ts';

/** What is known of a fleet after the fact. Times in hours; inputs in order of time. */
export interface Past {
  /** Components that failed or were replaced. */
  readonly components: readonly string[];
  readonly inputs: readonly HazardInput[];
  readonly devices: readonly {
    readonly name: string;
    readonly model: string;
    readonly from: number;
    readonly to: number;
  }[];
}

export interface WalkHandlers {
  /** A component is to be judged, with what is known of it at that hour. */
  judge(device: number, component: string, at: number, state: ComponentState): void;
  /** Called before an input is taken. */
  before?(input: HazardInput): void;
  /** The device was observed until this hour and had nothing new to say. */
  quiet?(device: number, at: number): void;
}

/** Walks a history in event time, input by input, as the live stream does; every `quietHours` of silence of an observed device are told. */
export function walk(
  past: Past,
  optionsOf: (device: number) => StreamOptions,
  quietHours: number,
  { judge, before, quiet }: WalkHandlers,
): void {
  const states: (DeviceState | undefined)[] = [];
  const spoke: number[] = [];
  // All timers run equally long, so the queue is in order of time.
  let timers: { at: number; set: number; device: number }[] = [];
  let next = 0;
  const start = (device: number, at: number) => {
    spoke[device] = at;
    timers.push({ at: nextSilence(at, quietHours), set: at, device });
  };
  const ringUntil = (hour: number) => {
    for (let timer = timers[next]; timer && timer.at < hour; timer = timers[next]) {
      next += 1;
      if (spoke[timer.device] !== timer.set || timer.at >= (past.devices[timer.device]?.to ?? 0)) continue;
      quiet?.(timer.device, timer.at);
      const device = states[timer.device];
      if (device)
        for (const name of takeSilence(device, timer.at)) {
          const component = device.components[name];
          if (component) judge(timer.device, name, timer.at, component.state);
        }
      start(timer.device, timer.at);
    }
    if (next < 65_536) return;
    timers = timers.slice(next);
    next = 0;
  };
  for (const input of past.inputs) {
    ringUntil(input.at);
    before?.(input);
    const device = states[input.device] ?? startDevice(optionsOf(input.device));
    states[input.device] = device;
    const model = past.devices[input.device]?.model ?? '';
    for (const name of take(device, model, input, optionsOf(input.device))) {
      const component = device.components[name];
      if (component) judge(input.device, name, input.at, component.state);
    }
    if (spoke[input.device] !== input.at) start(input.device, input.at);
  }
  ringUntil(Number.POSITIVE_INFINITY);
}
