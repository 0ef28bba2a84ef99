export { startStack, type Stack, type StackOptions } from './stack';
export { databaseServices, serviceNames, wideLimits, type Ports, type ServiceName } from './services';
