/**
 * Worker entry beside the module that starts it: in the app's bundle it is `plan.worker.js` next to the main file. The
 * solver's own entry lies in another folder, where a URL relative to the bundle would not find it.
 */
import '../solver/solver.worker.ts';
