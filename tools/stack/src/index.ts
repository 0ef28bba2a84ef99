export { startStack, type Stack, type StackOptions } from './stack';
export type { ServiceName } from './services';
