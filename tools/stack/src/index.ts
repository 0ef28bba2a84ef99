export { startStack, type Stack, type StackOptions } from './stack';
export { serviceNames, wideLimits, type Ports, type ServiceName } from './services';
