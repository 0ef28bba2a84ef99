export { freePort } from './free-port';
export { until } from './until';
