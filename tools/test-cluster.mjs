// npm run test:cluster -- --context NAME: builds the runner and the shopper, and runs the stories of k8s/src/cluster against a real cluster.
import { runManifestProgram } from './manifest-program.mjs';

await runManifestProgram('cluster', { main: 'main.ts', shopper: 'shopper/main.ts' });
