/** The whole of Rotor's surroundings on one machine, for the laptop, the demo and the benchmarks. */
export { asDatabaseUser } from './as-database-user';
export { createDemoApplication, demoSecretName, readDemoSecret, type DemoSecret } from './demo-application';
export { StackNotStartedError } from './errors';
export { removeStackFile, runningStack, writeStackFile, type StackEnvironment } from './stack-file';
export { type StackOptions } from './stack-options';
export { devPorts, freePorts, type StackPorts } from './stack-ports';
export { startFreshStack } from './start-fresh-stack';
export { startStack, type Stack } from './start-stack';
