import type { FuzzRequest } from './arbitrary-requests';
import type { ApiDocument, Operation } from './document';
import type { FuzzResponse } from './send-request';

const maxMs = 5000;

/** Of HTTP itself, for a request that is framed or coded wrongly or has a condition: any operation may respond with these. */
const statusesOfHttp = new Set([400, 405, 406, 408, 411, 412, 413, 414, 415, 416, 417, 431]);

/** What is wrong with a response, by the document alone: one line each, none where it is right. */
export function checkResponse(document: ApiDocument, request: FuzzRequest, response: FuzzResponse): string[] {
  const { status, ms } = response;
  const operation = operationFor(document, request);
  return [
    ...(ms > maxMs ? [`took over ${maxMs} ms`] : []),
    ...(status >= 400
      ? checkProblem(document, operation, request, response)
      : checkSuccess(document, operation, request, response)),
  ];
}

/** The operation that the method makes of the path; a changed path may be that of another one, or of none. */
function operationFor({ operations }: ApiDocument, { operation, method, target }: FuzzRequest): Operation | undefined {
  const read = method === 'HEAD' ? 'GET' : method;
  const found = operations.filter((each) => each.method === read && hasPath(each, target));
  return (
    found.find((each) => each.path === operation.path) ?? found.find((each) => !each.path.includes('{')) ?? found[0]
  );
}

const hasPath = ({ path }: Operation, target: string) =>
  new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/?]+')}(\\?|$)`).test(target);

function checkProblem(
  document: ApiDocument,
  operation: Operation | undefined,
  { method, headers: sent }: FuzzRequest,
  { status, headers, body }: FuzzResponse,
): string[] {
  const wrong: string[] = [];
  // The page for a browser at an address that is no route.
  const asksForPage = sent.some(([name, value]) => name.toLowerCase() === 'accept' && value.includes('text/html'));
  if (!operation && status === 404 && asksForPage && String(headers['content-type']).startsWith('text/html'))
    return wrong;
  if (status >= 500 && !(status === 503 && operation?.responses[503])) wrong.push(`${status} is not documented`);
  const isDocumented = statusesOfHttp.has(status) || operation?.responses[status] !== undefined;
  if (operation && status < 500 && !isDocumented) wrong.push(`${status} is not documented`);
  if (status === 503 && !/^\d+$/.test(String(headers['retry-after']))) wrong.push('503 without Retry-After');
  if (!String(headers['content-type']).startsWith('application/problem+json'))
    return [...wrong, `${status} is no problem, but ${headers['content-type']}`];
  if (method === 'HEAD') return wrong;
  const described = operation ?? document.operations[0];
  const { content } = described?.responses[status] ?? described?.responses.default ?? {};
  const schema = content?.['application/problem+json']?.schema;
  const problem = parse(body) as { status?: unknown; code?: unknown } | undefined;
  const issue = schema ? document.explain(schema, problem) : 'no schema of a problem';
  if (issue) wrong.push(`${status} is not valid: ${issue}`);
  if (problem?.status !== status) wrong.push(`${status} says ${String(problem?.status)}`);
  return wrong;
}

function checkSuccess(
  document: ApiDocument,
  operation: Operation | undefined,
  { method }: FuzzRequest,
  { status, headers, body }: FuzzResponse,
): string[] {
  if (method === 'OPTIONS') return status === 204 || status === 200 ? [] : [`OPTIONS responds with ${status}`];
  if (!operation) return [`${status}, but the document has no ${method} of this address`];
  // RFC 9110 has these two, of a conditional request and of one for a range; the document leaves them out.
  if (status === 304) return body.length === 0 ? [] : ['304 with a body'];
  if (status === 206 && headers['content-range'] !== undefined) return [];
  const described = operation.responses[status];
  if (!described) return [`${status} is not documented`];
  if (method === 'HEAD') return [];
  const [mediaType, { schema = undefined } = {}] = Object.entries(described.content ?? {})[0] ?? [];
  if (mediaType === undefined || !schema) return body.length === 0 ? [] : [`${status} with a body`];
  const type = String(headers['content-type']).replace(/;.*/, '');
  if (type !== mediaType) return [`${status} has the type ${type}`];
  const coded = headers['content-encoding'] !== undefined;
  const issue = mediaType.includes('json') && !coded ? document.explain(schema, parse(body)) : undefined;
  return issue === undefined ? [] : [`${status} is not valid: ${issue}`];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
