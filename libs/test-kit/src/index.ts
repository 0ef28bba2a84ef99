export { freePort } from './free-port';
export { serveLocally, type LocalServer } from './serve-locally';
export { until } from './until';
