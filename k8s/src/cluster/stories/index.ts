import { apiDown, dnsDown, dnsDownFailover, nodeCut, primaryNodeCut } from './cluster';
import { gatewayApi } from './gateway-api';
import { imagePolicy } from './image-policy';
import { drain, handover, restart, rollback, upgrade } from './planned';
import { policies } from './policies';
import { postgresKilled, postgresRestarted, postgresSilent } from './postgres';
import { primaryKilled, primaryPaused, redisKilled, twoDeleted, volumeFull } from './redis';
import { restore } from './restore';
import { backUp, postgresPasswords, redisPasswords, serviceTokenSecrets, userTokenKeys } from './secrets';
import { apply, tour } from './set-up';
import type { Story } from './story';

export const stories: readonly Story[] = [
  apply,
  tour,
  policies,
  imagePolicy,
  gatewayApi,
  restart,
  drain,
  handover,
  primaryKilled,
  primaryPaused,
  redisKilled,
  twoDeleted,
  volumeFull,
  nodeCut,
  primaryNodeCut,
  dnsDown,
  dnsDownFailover,
  apiDown,
  postgresRestarted,
  postgresKilled,
  postgresSilent,
  redisPasswords,
  postgresPasswords,
  userTokenKeys,
  serviceTokenSecrets,
  rollback,
  // After it, so that the store has the images of --tag again.
  upgrade,
  backUp,
  restore,
];
