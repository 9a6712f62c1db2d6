/**
 * A constraint model as plain data, in the field names of CP-SAT's own protocol (CpModelProto), so that it can be built and
 * looked at without the solver and crosses to a worker thread. A variable is its index; a literal is a variable of [0, 1],
 * or `not(...)` of one. All numbers are whole.
 */
export type Variable = number;
export type Literal = number;
export const not = (literal: Literal): Literal => -literal - 1;

/** Closed intervals [low, high, low, high, ...], in order and apart from each other. */
export type Domain = readonly number[];

export type Term = readonly [variable: Variable, coefficient: number];

interface Constraint {
  enforcementLiteral?: Literal[];
  linear?: { vars: Variable[]; coeffs: number[]; domain: number[] };
  boolOr?: { literals: Literal[] };
  boolAnd?: { literals: Literal[] };
  exactlyOne?: { literals: Literal[] };
  atMostOne?: { literals: Literal[] };
  circuit?: { tails: number[]; heads: number[]; literals: Literal[] };
  linMax?: { target: Expression; exprs: Expression[] };
  intProd?: { target: Expression; exprs: Expression[] };
  intDiv?: { target: Expression; exprs: Expression[] };
}

interface Expression {
  vars: Variable[];
  coeffs: number[];
  offset: number;
}

export interface CpModelData {
  variables: { domain: number[] }[];
  constraints: Constraint[];
  objective: { vars: Variable[]; coeffs: number[]; offset: number };
  solutionHint: { vars: Variable[]; values: number[] };
}

/** Far from CP-SAT's limit of 2^63, so that no sum of a few of them leaves it; beyond every time and cost here. */
export const UNBOUNDED = 2 ** 52;

export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly literal: Literal;
}

/** Writes a `CpModelData` down, a constraint a call. The objective is always made as small as can be. */
export class CpModel {
  readonly data: CpModelData = {
    variables: [],
    constraints: [],
    objective: { vars: [], coeffs: [], offset: 0 },
    solutionHint: { vars: [], values: [] },
  };

  bool(): Literal {
    return this.inDomain([0, 1]);
  }
  int(low: number, high: number): Variable {
    return this.inDomain([low, high]);
  }
  /** An empty domain is a model without a solution. */
  inDomain(domain: Domain): Variable {
    return this.data.variables.push({ domain: [...domain] }) - 1;
  }

  /** `low <= sum <= high`, wherever all of `when` hold. */
  between(terms: readonly Term[], low: number, high: number, when: readonly Literal[] = []): void {
    this.within(terms, [low, high], when);
  }
  atLeast(terms: readonly Term[], low: number, when: readonly Literal[] = []): void {
    this.within(terms, [low, UNBOUNDED], when);
  }
  atMost(terms: readonly Term[], high: number, when: readonly Literal[] = []): void {
    this.within(terms, [-UNBOUNDED, high], when);
  }
  within(terms: readonly Term[], domain: Domain, when: readonly Literal[] = []): void {
    const linear = { vars: terms.map(([v]) => v), coeffs: terms.map(([, c]) => c), domain: [...domain] };
    this.add({ linear }, when);
  }

  exactlyOne(literals: readonly Literal[]): void {
    this.add({ exactlyOne: { literals: [...literals] } });
  }
  atMostOne(literals: readonly Literal[]): void {
    this.add({ atMostOne: { literals: [...literals] } });
  }
  /** At least one of `literals`, wherever all of `when` hold. */
  anyOf(literals: readonly Literal[], when: readonly Literal[] = []): void {
    this.add({ boolOr: { literals: [...literals] } }, when);
  }
  implies(literal: Literal, ...then: Literal[]): void {
    this.add({ boolAnd: { literals: then } }, [literal]);
  }
  never(literal: Literal): void {
    this.add({ boolOr: { literals: [not(literal)] } });
  }
  /** The chosen arcs make one tour of all nodes, but those whose arc to themselves is chosen. */
  circuit(arcs: readonly Arc[]): void {
    const tails = arcs.map(({ from }) => from);
    this.add({ circuit: { tails, heads: arcs.map(({ to }) => to), literals: arcs.map(({ literal }) => literal) } });
  }
  /** A new variable: `perUnit * variable^2 / divisor`, rounded down. */
  squared(variable: Variable, most: number, perUnit: number, divisor: number): Variable {
    const square = this.int(0, most * most);
    const target = this.int(0, Math.floor((perUnit * most * most) / divisor));
    const of = (v: Variable, coefficient = 1) => ({ vars: [v], coeffs: [coefficient], offset: 0 });
    const constant = { vars: [], coeffs: [], offset: divisor };
    this.add({ intProd: { target: of(square), exprs: [of(variable), of(variable)] } });
    this.add({ intDiv: { target: of(target), exprs: [of(square, perUnit), constant] } });
    return target;
  }
  /** A new variable: the larger of `sum + offset` and 0. */
  positivePart(terms: readonly Term[], offset: number, high: number): Variable {
    const target = this.int(0, Math.max(0, high));
    const sum = { vars: terms.map(([v]) => v), coeffs: terms.map(([, c]) => c), offset };
    const zero = { vars: [], coeffs: [], offset: 0 };
    this.add({ linMax: { target: { vars: [target], coeffs: [1], offset: 0 }, exprs: [sum, zero] } });
    return target;
  }

  /** Each unit of the variable costs so much. */
  cost(variable: Variable, perUnit: number): void {
    if (perUnit === 0) return;
    this.data.objective.vars.push(variable);
    this.data.objective.coeffs.push(perUnit);
  }
  fixedCost(cost: number): void {
    this.data.objective.offset += cost;
  }
  /** Where the search may begin. Later words about the same variable are not allowed by CP-SAT. */
  hint(variable: Variable, value: number): void {
    this.data.solutionHint.vars.push(variable);
    this.data.solutionHint.values.push(value);
  }

  private add(constraint: Constraint, when: readonly Literal[] = []): void {
    this.data.constraints.push(when.length > 0 ? { enforcementLiteral: [...when], ...constraint } : constraint);
  }
}

/** What is left of `[low, high]` without the whole numbers strictly between the ends of each gap. */
export function domainWithout(low: number, high: number, gaps: readonly { from: number; to: number }[]): number[] {
  const domain: number[] = [];
  let next = low;
  const holes = gaps.filter(({ from, to }) => to - from > 1).sort((a, b) => a.from - b.from);
  for (const { from, to } of holes) {
    if (from >= high) break;
    if (from >= next) domain.push(next, from);
    next = Math.max(next, to);
  }
  return next <= high ? [...domain, next, high] : domain;
}
