// npx nx run k8s:check, npx nx run k8s:pin: see k8s/src/overlays/main.ts.
import { runManifestProgram } from './manifest-program.mjs';

await runManifestProgram('overlays', { main: 'main.ts' });
