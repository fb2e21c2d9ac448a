/** Rotor at work in one command. */
export { type QueryCount } from './consumer';
export { type DemoEvidence, type SignInAnswer } from './evidence';
export { runDemo, type DemoOptions } from './run-demo';
