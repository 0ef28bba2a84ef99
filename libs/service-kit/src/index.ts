export { assembleService } from './assemble-service';
export { isFirstPartyOrigin, requireFirstPartyOrigin } from './auth/first-party-origin';
export {
  getBearerToken,
  getUser,
  requireFreshRevocations,
  requireScope,
  requireUser,
  type UserRequest,
} from './auth/require-user';
export { createAccessTokenVerifier, signAccessToken, type VerifyAccessToken } from './auth/access-token';
export { scopes, type Scope, type User } from './auth/user';
export { createRemoteVerifier } from './auth/jwks-client';
export { ensureDevelopmentFile } from './auth/development-secrets';
export {
  checkServiceSecrets,
  signServiceToken,
  requireService,
  serviceSecrets,
  type ServiceSecrets,
} from './auth/service-token';
export { toCartSettings } from './settings/cart-settings';
export { setting } from './settings/kinds';
export { loadConfig } from './settings/load-config';
export {
  createServiceSchema,
  firstPartyOriginsSetting,
  gatewayAdminSetting,
  jwksSetting,
  upstreamSetting,
  type ServiceName,
} from './settings/service-settings';
export { jsonBody, jsonBodyUpTo } from './http/json-body';
export { hasBody, readBody } from './http/read-body';
export { createPublicResponses, type PublicContent } from './http/public-responses';
export type { IdentifiedRequest } from './http/observe-requests';
export { sendJson } from './http/send-json';
export { createServiceClient, type CallService, type ServiceResponse } from './http/service-client';
export { validate } from './http/validate';
export { composeService, type ComposedParts, type Foundation } from './compose-service';
export { createConcurrencyLimit } from './concurrency-limit';
export { createLogger } from './logger';
export { ServiceError, toProblem, type ErrorCategory } from './problems';
export { toPostgresSettings } from './settings/postgres-settings';
export { insecureHint, mustBeSecure } from './settings/production-settings';
export { createInterval } from './interval';
export {
  followRemoteRevocations,
  followRevocations,
  reportStaleness,
  revocationsPath,
  type RevocationFollower,
  type Revocations,
} from './revocations/follow-revocations';
export {
  hashSessionId,
  pollCursor,
  revocationLifeMs,
  sessionHashBytes,
  toPageJson,
  type Revocation,
  type RevocationPage,
  type UserRevocation,
} from './revocations/revocation-page';
export { runMain } from './run-main';
export { getHost } from './settings/url-settings';
export { recordSpan, traceHeaders } from './telemetry/tracing';
export { startService, type RunningService, type Service } from './run-service';
export type { ConnectedAddress } from './upstream/connected-address';
export { Exchange, type Headers, type Receiver } from './upstream/exchange';
export type { OutlierOptions } from './upstream/outlier-detection';
export { succeeds } from './succeeds';
export { followFiles } from './follow-files';
export type { TlsClient } from './tls/tls';
export { createUpstream } from './upstream/upstream';
