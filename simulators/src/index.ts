export { hiddenModeOf, KITS, kitOf } from './devices/catalogue.ts';
export { firstStory, STORIES, type Story } from './failure-modes/stories.ts';
export * from './replay/fleet.ts';
export * from './replay/manifest.ts';
export * from './replay/publish.ts';
export * from './replay/read-history.ts';
export { type DemoWorld, type DemoWorldOptions, startDemoWorld } from './start-demo-world.ts';
export { buildWorld, type World } from './world/build-world.ts';
export { type DemoAccount, demoAccounts } from './world/demo-accounts.ts';
