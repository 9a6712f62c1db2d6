import type { SolveProgram } from './partition.ts';

/**
 * HiGHS (https://highs.dev) as WebAssembly, loaded when first asked for. Calls block; with a limit of nodes and none of
 * seconds the same program has the same answer.
 */
export async function loadHighs(): Promise<SolveProgram> {
  const { default: load } = await import('highs');
  const highs = await load();
  return (program, { seconds, nodes }) => {
    const solution = highs.solve(program, {
      output_flag: false,
      mip_max_nodes: nodes,
      mip_rel_gap: 0,
      ...(seconds !== undefined && { time_limit: seconds }),
    });
    const columns = Object.entries(solution.Columns) as [string, { Primal?: number }][];
    const ones = columns.filter(([, { Primal }]) => Primal !== undefined && Primal > 0.5).map(([name]) => name);
    return ones.length > 0 ? ones : null;
  };
}
