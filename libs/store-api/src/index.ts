export { credentials, guestOptions, jwks, me, newCredentials, passwordChange, refreshRequest, session } from './auth';
