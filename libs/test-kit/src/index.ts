export { askOverOneConnection, type Asked } from './ask-over-one-connection';
export { makeCertificates, type Certificates } from './certificates';
export { endWithThisProcess } from './child-processes';
export { freePort } from './free-port';
export { serveLosably, type LosableServer } from './lose-server';
export { isStress, newSeed, scale, stressOnly, stressTest, type Counts } from './stress';
export { serveLocally, type LocalServer } from './serve-locally';
export { until } from './until';
export { untilReady } from './until-ready';
