export { askOverOneConnection, type Asked } from './ask-over-one-connection';
export { makeCertificates, type Certificates } from './certificates';
export { freePort } from './free-port';
export { proof, type Counts } from './proof';
export { isFull, newSeed, scale } from './scale';
export { serveLocally, type LocalServer } from './serve-locally';
export { until } from './until';
