export { app as default } from '../../eslint.config.mjs';
