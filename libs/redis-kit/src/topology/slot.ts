import { Command } from 'ioredis';

/** The slot of a Cluster to which a key belongs. */
export const toSlot = (key: string): number => new Command('get', [key]).getSlot();
