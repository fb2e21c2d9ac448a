/** The stack as a foreground command. */
export { runDevStack, type DevStackOptions } from './run-dev-stack';
