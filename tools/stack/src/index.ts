export { startDependencies, type Dependencies } from './dependencies';
export { migrateAndSeed } from './programs';
export { startStack, type Stack, type StackOptions } from './stack';
export { databaseServices, serviceNames, wideLimits, type Ports, type ServiceName } from './services';
