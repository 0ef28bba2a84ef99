export {
  followRevocations,
  type FollowOptions,
  type RevocationFeedEvent,
  type RevocationFollower,
} from './follow-revocations';
export { publishRevocations } from './publish-revocations';
export type { Revocation } from './revocation';
