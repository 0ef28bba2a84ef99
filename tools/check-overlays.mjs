// npx nx run k8s:check overlays/production: prints what keeps an overlay from being deployed.
import { runManifestProgram } from './manifest-program.mjs';

await runManifestProgram('overlays', { main: 'main.ts' });
