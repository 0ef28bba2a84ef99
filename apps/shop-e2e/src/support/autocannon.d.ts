declare module 'autocannon' {
  interface Load {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    /** Requests a second, over all connections. */
    overallRate: number;
    requests: { method: string; path: string; headers?: Record<string, string>; body?: string }[];
  }
  interface Result {
    readonly requests: { readonly total: number; readonly average: number };
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
    readonly '2xx': number;
  }
  export default function autocannon(load: Load): PromiseLike<Result>;
}
