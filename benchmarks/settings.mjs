/** What every subject is measured with. `ROUNDS` and `SECONDS` shorten a run, whose results are printed and not kept. */
export const usual = { rounds: 5, seconds: 4 };
export const rounds = Number(process.env.ROUNDS || usual.rounds);
export const seconds = Number(process.env.SECONDS || usual.seconds);
/** A round's seconds are spent in so many turns, so that a host that is slow for a while is slow for all contenders alike. */
export const turnsOfARound = 4;
/** Of what is counted, which noise does not change. */
export const roundsOfCounts = Math.min(rounds, 2);
export const isShortened = rounds < usual.rounds || seconds < usual.seconds;

/**
 * Each server's first, once, before anything counts: after this V8 has compiled what is hot, and has collected its whole heap at least
 * once, for some are slower from then on.
 */
export const warmUpSeconds = isShortened ? 2 * seconds : 20;
/** A percentile of the slowest needs more of them than a mean does. */
export const p99Seconds = 2 * seconds;
/** At the begin of every turn, for connections and caches. */
export const leadInRequests = 500;
export const leadInSeconds = 0.3;

export const users = 1000;
export const linesOfACart = 10;
export const connections = 50;
