/** Worker entry beside the module that starts it, as planning/plan.worker.ts is. */
import '../solver/solver.worker.ts';
