import hooks from 'eslint-plugin-react-hooks';
import workspace from '../../eslint.config.mjs';

export default [{ ignores: ['src/api/generated'] }, ...workspace, hooks.configs.flat.recommended];
