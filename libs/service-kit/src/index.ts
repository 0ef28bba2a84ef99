export { assembleService, type ServiceConfig, type ServiceParts } from './assemble-service';
export { isFirstPartyOrigin, requireFirstPartyOrigin } from './auth/first-party-origin';
export {
  getBearerToken,
  getUser,
  requireFreshRevocations,
  requireScope,
  requireUser,
  type UserRequest,
} from './auth/require-user';
export {
  createAccessTokenVerifier,
  signAccessToken,
  type TokenParties,
  type VerifierOptions,
  type VerifyAccessToken,
} from './auth/access-token';
export { scopes, type Scope, type User } from './auth/user';
export { createRemoteVerifier } from './auth/jwks-client';
export { ensureDevelopmentFile, ensureDevelopmentSecrets } from './auth/development-secrets';
export {
  checkServiceSecrets,
  createServiceTokens,
  requireService,
  serviceSecrets,
  type ServiceSecrets,
} from './auth/service-token';
export { startBackgroundJobs, type BackgroundJob } from './background-jobs';
export { cartSettings, toCartSettings } from './settings/cart-settings';
export { setting } from './settings/kinds';
export { ConfigError, loadConfig } from './settings/load-config';
export {
  createServiceSchema,
  firstPartyOriginsSetting,
  gatewayAdminSetting,
  jwksSetting,
  upstreamSetting,
  type ServiceName,
} from './settings/service-settings';
export type { Finding, HealthCheck } from './http/health';
export { jsonBody, jsonBodyUpTo } from './http/json-body';
export { hasBody, readBody } from './http/read-body';
export { createPublicResponses, type PublicContent, type SendPublic } from './http/public-responses';
export type { IdentifiedRequest } from './http/observe-requests';
export { sendJson } from './http/send-json';
export { createServiceClient, type CallService, type ServiceResponse } from './http/service-client';
export { validate } from './http/validate';
export { composeService, type ComposedParts, type Foundation } from './compose-service';
export { createLogger } from './logger';
export { isKnownError, ServiceError, toProblem, type ErrorCategory, type KnownError } from './problems';
export { toPostgresSettings } from './settings/postgres-settings';
export { insecureHint, mustBeSecure } from './settings/production-settings';
export { toRedisSettings } from './settings/redis-settings';
export { createInterval, type Interval } from './interval';
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
export { runMain, type Program } from './run-main';
export { createMetrics, observePostgres, observeRedis } from './telemetry/metrics';
export { getHost } from './settings/url-settings';
export { recordSpan, startTracing, traceHeaders, type TracingConfig } from './telemetry/tracing';
export { runService, startService, StartError, type RunningService, type Service } from './run-service';
export { Exchange, type Headers, type Receiver, type UpstreamAddress } from './upstream/exchange';
export type { OutlierOptions } from './upstream/outlier-detection';
export { followFiles } from './follow-files';
export type { TlsClient } from './tls/follow-trust';
export { createUpstream, type Upstream } from './upstream/upstream';
