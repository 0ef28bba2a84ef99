/** With `npm run prove`. */
export const isFull = process.env.PROVE === '1';

/** How often a proof repeats: little with every run of the tests, fully with `npm run prove`. */
export const scale = (small: number, full: number): number => (isFull ? full : small);

/** Set `FC_SEED` to the seed that a failure shows, and the same run comes again. */
export const newSeed = (): number => Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
