export { startStack, type Stack, type StackOptions } from './stack';
export { wideLimits, type Ports, type ServiceName } from './services';
