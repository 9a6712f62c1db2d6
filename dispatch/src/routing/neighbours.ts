import type { ModelRoute, RouteModel } from './route-model.ts';

/** For each task the others, nearest first, itself in front; made when first asked for. */
export class Neighbours {
  private readonly lists: (Int32Array | undefined)[];
  private readonly model: Pick<RouteModel<ModelRoute>, 'taskCount' | 'apart'>;
  private readonly most: number;

  /** `most`: how many are kept of each list. */
  constructor(model: Pick<RouteModel<ModelRoute>, 'taskCount' | 'apart'>, most = 300) {
    this.model = model;
    this.most = most;
    this.lists = Array.from({ length: model.taskCount });
  }

  of(task: number): Int32Array {
    const known = this.lists[task] ?? this.make(task);
    this.lists[task] = known;
    return known;
  }

  private make(task: number): Int32Array {
    const { taskCount } = this.model;
    const away = Float64Array.from({ length: taskCount }, (_, other) =>
      other === task ? Number.NEGATIVE_INFINITY : this.model.apart(task, other),
    );
    const all = Int32Array.from({ length: taskCount }, (_, other) => other);
    return all.sort((a, b) => (away[a] as number) - (away[b] as number) || a - b).slice(0, this.most);
  }
}
