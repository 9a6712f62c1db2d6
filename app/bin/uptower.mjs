#!/usr/bin/env -S node --max-semi-space-size=64
// Builds what changed (quietly quick when nothing did), then runs the command.
import { build } from '../../scripts/build.mjs';

await build();
await import('../dist/main.js');
