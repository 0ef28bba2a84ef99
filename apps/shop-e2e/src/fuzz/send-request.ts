import { Agent, request as httpRequest } from 'node:http';
import type { FuzzRequest } from './arbitrary-requests';

export interface FuzzResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly ms: number;
}

export type Send = (request: FuzzRequest, token: string | undefined) => Promise<FuzzResponse>;

const waitMs = 15_000;

export function createSender(url: string): { send: Send; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  return {
    send: (request, token) => send(url, agent, request, token),
    close: () => agent.destroy(),
  };
}

function send(url: string, agent: Agent, request: FuzzRequest, token: string | undefined): Promise<FuzzResponse> {
  const { hostname, port } = new URL(url);
  const headers: Record<string, string | string[]> = { Host: `${hostname}:${port}` };
  for (const [name, value] of getHeaders(url, request, token)) headers[name] = value;
  const { method, target: path, body } = request;
  if (body) headers['Content-Length'] = String(body.length);
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const sending = httpRequest({ hostname, port, agent, method, path, headers, timeout: waitMs }, (response) => {
      const chunks: Buffer[] = [];
      const finish = () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          ms: performance.now() - startedAt,
        });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', finish).on('error', finish);
    });
    sending.on('timeout', () => sending.destroy(new Error(`no response within ${waitMs} ms`)));
    // Of a body that is too large the response comes before all of it is sent.
    sending.on('error', reject);
    sending.end(body);
  });
}

/** As the store's own page sends it; what the request says itself wins. */
function getHeaders(url: string, { headers }: FuzzRequest, token: string | undefined): [string, string][] {
  const own: [string, string][] = [['Origin', url]];
  if (token !== undefined) own.push(['Authorization', `Bearer ${token}`]);
  const said = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...own.filter(([name]) => !said.has(name.toLowerCase())), ...headers.map(([...header]) => header)];
}

/** The request as a command to send it again by hand. */
export function toCurl(url: string, request: FuzzRequest, token: string | undefined): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const headers = getHeaders(url, request, token && '$TOKEN').map(
    ([name, value]) => `-H ${quoted(`${name}: ${value}`)}`,
  );
  const { method, target, body } = request;
  const content = body && `printf %s ${body.toString('base64')} | base64 -d |`;
  return [content, 'curl -i --path-as-is', `-X ${method}`, ...headers, body && '--data-binary @-', quoted(url + target)]
    .filter(Boolean)
    .join(' ');
}
