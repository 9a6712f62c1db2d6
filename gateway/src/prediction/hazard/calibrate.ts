import { sigmoid } from './boost.ts';

/** p = 1 / (1 + exp(−(slope · logit(raw) + offset))). */
export interface Calibration {
  readonly slope: number;
  readonly offset: number;
}

export const logit = (p: number): number => {
  const inside = Math.min(1 - 1e-9, Math.max(1e-9, p));
  return Math.log(inside / (1 - inside));
};

export const calibrated = ({ slope, offset }: Calibration, raw: number): number => sigmoid(slope * logit(raw) + offset);

/**
 * Platt 1999, "Probabilistic outputs for support vector machines", on log-odds (beta calibration with one slope), by
 * Newton's method; a weak prior towards what the learner said keeps it sane with few orders.
 */
export function calibrate(cases: readonly { raw: number; failed: boolean }[]): Calibration {
  let slope = 1;
  let offset = 0;
  const PRIOR = 2;
  for (let step = 0; step < 50; step += 1) {
    let gs = PRIOR * (slope - 1);
    let go = PRIOR * offset * 0.1;
    let [hss, hso, hoo] = [PRIOR, 0, PRIOR * 0.1];
    for (const { raw, failed } of cases) {
      const x = logit(raw);
      const p = sigmoid(slope * x + offset);
      const off = p - (failed ? 1 : 0);
      const w = p * (1 - p);
      gs += off * x;
      go += off;
      hss += w * x * x;
      hso += w * x;
      hoo += w;
    }
    const det = hss * hoo - hso * hso;
    const ds = (hoo * gs - hso * go) / det;
    const d = (hss * go - hso * gs) / det;
    slope = Math.max(0.05, slope - ds);
    offset -= d;
    if (Math.abs(ds) + Math.abs(d) < 1e-9) break;
  }
  return { slope, offset };
}
