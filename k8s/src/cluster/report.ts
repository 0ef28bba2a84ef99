import type { CallLine } from './shopper/client';

export interface Observation {
  readonly calls: readonly CallLine[];
  readonly violations: readonly string[];
}

export interface Outage {
  readonly kind: string;
  readonly ms: number;
}

/** The fields of a row of the table. */
export interface Result {
  readonly story: string;
  readonly requests?: number;
  readonly errors?: number;
  /** By kind of call, status and code. */
  readonly errorKinds?: ReadonlyMap<string, number>;
  readonly outage?: Outage;
  readonly violations?: readonly string[];
  readonly seconds?: number;
  /** Each target that was missed. */
  readonly missed: readonly string[];
  /** Why the story did not run. */
  readonly skipped?: string;
}

export function parseOutput(
  output: string,
): Observation & { readonly started: number | undefined; readonly done: boolean } {
  const calls: CallLine[] = [];
  const violations: string[] = [];
  let started: number | undefined;
  let done = false;
  for (const text of output.split('\n')) {
    // The last line may be incomplete while the shopper runs.
    if (!/[\]}]$/.test(text)) continue;
    const line = JSON.parse(text) as CallLine | { violation?: string; started?: number; done?: number };
    if ('violation' in line && line.violation !== undefined) violations.push(line.violation);
    else if ('started' in line) started = line.started;
    else if ('done' in line) done = true;
    else calls.push(line as CallLine);
  }
  return { calls, violations, started, done };
}

export function countErrors(calls: readonly CallLine[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, kind, status, code, , failed] of calls) {
    if (failed === 0) continue;
    const name = [kind, status || 'no response', code].filter((part) => part !== '').join(' ');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/**
 * The longest time without a success of some kind of call: from the start of the first failed call to the end of the next call that
 * succeeds. Undefined without errors.
 */
export function findLongestOutage(calls: readonly CallLine[]): Outage | undefined {
  const failedSince = new Map<string, number>();
  let longest: Outage | undefined;
  const report = (kind: string, end: number) => {
    const since = failedSince.get(kind);
    if (since !== undefined && end - since > (longest?.ms ?? -1)) longest = { kind, ms: end - since };
  };
  const ended = (call: CallLine) => call[0] + call[4];
  const inOrder = calls.toSorted((one, other) => ended(one) - ended(other));
  for (const call of inOrder) {
    const [at, kind, , , , failed] = call;
    if (failed === 1) {
      failedSince.set(kind, Math.min(at, failedSince.get(kind) ?? at));
    } else {
      report(kind, ended(call));
      failedSince.delete(kind);
    }
  }
  const last = inOrder.at(-1);
  if (last) for (const kind of failedSince.keys()) report(kind, ended(last));
  return longest;
}

export function toTable(results: readonly Result[]): string {
  const rows = results.map(({ story, requests, errors, outage, violations, seconds, missed, skipped }) =>
    skipped === undefined
      ? [
          story,
          requests?.toLocaleString('en') ?? '',
          errors?.toLocaleString('en') ?? '',
          outage ? `${(outage.ms / 1000).toFixed(1)} (${outage.kind})` : '',
          violations?.length.toString() ?? '',
          seconds?.toFixed(0) ?? '',
          missed.length === 0 ? 'met' : missed.join('; '),
        ]
      : [story, '', '', '', '', '', `skipped: ${skipped}`],
  );
  const header = ['Story', 'Requests', 'Errors', 'Longest outage, s', 'Violations', 'Seconds', 'Targets'];
  return [header, header.map((_, column) => (column === 0 || column === 6 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', '/')).join(' | ')} |`)
    .join('\n');
}
