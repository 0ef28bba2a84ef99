export { emptyRevocationPage } from './empty-revocation-page';
