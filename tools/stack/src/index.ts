export { startStack, type Stack, type StackOptions } from './stack';
export type { Ports, ServiceName } from './services';
