import { type Chance, shuffled } from './chance.ts';

/**
 * A small feed-forward network with leaky rectifiers, trained with Adam (Kingma & Ba 2015), decoupled weight decay
 * (Loshchilov & Hutter, AdamW, 2019) and a cosine schedule. Weights are plain arrays, JSON-serialisable.
 */
export interface Network {
  readonly layers: readonly Layer[];
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** [output × inputs + input] */
  readonly weights: number[];
  readonly bias: number[];
}

export interface NetworkOptions {
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Pull of the weights towards 0 a step, in learning rates. */
  readonly decay: number;
}

/** Derivative of the loss of one row by each output, written into `into`. */
export type LossGradient = (output: Float64Array, row: number, into: Float64Array) => void;

const LEAK = 0.01;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

interface Training {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly slope: Float64Array;
  readonly biasSlope: Float64Array;
  readonly moments: readonly [Float64Array, Float64Array, Float64Array, Float64Array];
  readonly value: Float64Array;
  readonly delta: Float64Array;
}

/**
 * @param rows inputs, about of deviation 1
 * @param outputs how many
 * @param onEpoch called after each pass over the rows
 */
export function trainNetwork(
  rows: readonly Float64Array[],
  outputs: number,
  gradient: LossGradient,
  options: NetworkOptions,
  next: Chance,
  onEpoch: () => void = () => undefined,
): Network {
  const sizes = [rows[0]?.length ?? 0, ...options.hidden, outputs];
  const layers = sizes.slice(1).map((to, l) => startLayer(sizes[l]!, to, next));
  const last = layers.at(-1)!;
  const indices = rows.map((_, i) => i);
  let step = 0;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const rate = options.learningRate * 0.5 * (1 + Math.cos((Math.PI * epoch) / options.epochs));
    const order = shuffled(indices, next);
    for (let from = 0; from < order.length; from += options.batch) {
      const to = Math.min(order.length, from + options.batch);
      for (let k = from; k < to; k++) {
        const row = rows[order[k]!]!;
        forward(layers, row);
        gradient(last.value, order[k]!, last.delta);
        backward(layers, row);
      }
      step++;
      for (const layer of layers) adamStep(layer, to - from, step, rate, options.decay);
    }
    onEpoch();
  }
  return {
    layers: layers.map(({ inputs, outputs, weights, bias }) => ({
      inputs,
      outputs,
      weights: [...weights],
      bias: [...bias],
    })),
  };
}

/** The outputs for one row of inputs. */
export function evaluate({ layers }: Network, row: ArrayLike<number>): number[] {
  let input = row;
  let output: number[] = [];
  for (const [l, { inputs, weights, bias }] of layers.entries()) {
    const from = input;
    output = bias.map((start, o) => {
      let sum = start;
      for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i]! * from[i]!;
      return l < layers.length - 1 && sum < 0 ? LEAK * sum : sum;
    });
    input = output;
  }
  return output;
}

/** He's initialisation for rectifiers: normal with variance 2 / inputs (He et al. 2015). */
function startLayer(inputs: number, outputs: number, next: Chance): Training {
  const size = inputs * outputs;
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    inputs,
    outputs,
    weights: Float64Array.from({ length: size }, () => normal() * Math.sqrt(2 / inputs)),
    bias: new Float64Array(outputs),
    slope: new Float64Array(size),
    biasSlope: new Float64Array(outputs),
    moments: [new Float64Array(size), new Float64Array(size), new Float64Array(outputs), new Float64Array(outputs)],
    value: new Float64Array(outputs),
    delta: new Float64Array(outputs),
  };
}

function forward(layers: readonly Training[], row: Float64Array): void {
  let input = row;
  for (let l = 0; l < layers.length; l++) {
    const { inputs, outputs, weights, bias, value } = layers[l]!;
    for (let o = 0; o < outputs; o++) {
      let sum = bias[o]!;
      const at = o * inputs;
      for (let i = 0; i < inputs; i++) sum += weights[at + i]! * input[i]!;
      value[o] = l < layers.length - 1 && sum < 0 ? LEAK * sum : sum;
    }
    input = value;
  }
}

/** Adds one row's slopes; the last layer's delta is set. */
function backward(layers: readonly Training[], row: Float64Array): void {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { inputs, outputs, weights, slope, biasSlope, delta } = layers[l]!;
    const below = layers[l - 1];
    const input = below ? below.value : row;
    below?.delta.fill(0);
    for (let o = 0; o < outputs; o++) {
      const d = delta[o]!;
      if (d === 0) continue;
      const at = o * inputs;
      biasSlope[o]! += d;
      for (let i = 0; i < inputs; i++) slope[at + i]! += d * input[i]!;
      if (below) for (let i = 0; i < inputs; i++) below.delta[i]! += d * weights[at + i]!;
    }
    if (below) for (let i = 0; i < inputs; i++) if (below.value[i]! < 0) below.delta[i]! *= LEAK;
  }
}

function adamStep(layer: Training, rows: number, step: number, rate: number, decay: number): void {
  const [m, v, mb, vb] = layer.moments;
  const scale = rate / (1 - BETA1 ** step);
  const root = 1 / Math.sqrt(1 - BETA2 ** step);
  const move = (at: Float64Array, slope: Float64Array, m1: Float64Array, m2: Float64Array, pull: number) => {
    for (let i = 0; i < at.length; i++) {
      const g = slope[i]! / rows;
      slope[i] = 0;
      m1[i] = BETA1 * m1[i]! + (1 - BETA1) * g;
      m2[i] = BETA2 * m2[i]! + (1 - BETA2) * g * g;
      at[i]! -= (scale * m1[i]!) / (Math.sqrt(m2[i]!) * root + EPSILON) + rate * pull * at[i]!;
    }
  };
  move(layer.weights, layer.slope, m, v, decay);
  move(layer.bias, layer.biasSlope, mb, vb, 0);
}
