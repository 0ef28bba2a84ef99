/** What every subject is measured with. `ROUNDS` and `SECONDS` shorten a run, whose results are printed and not kept. */
const usual = { rounds: 10, seconds: 2 };
export const rounds = Number(process.env.ROUNDS || usual.rounds);
export const seconds = Number(process.env.SECONDS || usual.seconds);
export const isShortened = rounds < usual.rounds || seconds < usual.seconds;
/** Of counts, which noise does not change. */
export const roundsOfCounts = Math.min(rounds, 2);

/** Of each server, once. V8 then has compiled what is hot and collected its whole heap: some servers are slower from then on. */
export const warmUpSeconds = isShortened ? 2 * seconds : 20;

export const users = 1000;
export const linesPerCart = 10;
export const connections = 50;
