import { Exchange, type Headers, type UpstreamAddress, type UpstreamRequest } from './exchange';

export interface WholeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Sends a request and resolves to the whole response; rejects when it has not ended after `deadlineMs`. */
export function readResponse(
  address: UpstreamAddress,
  request: UpstreamRequest,
  deadlineMs: number,
): Promise<WholeResponse> {
  return new Promise((resolve, reject) => {
    let head: Pick<WholeResponse, 'status' | 'headers'> = { status: 0, headers: {} };
    const chunks: Buffer[] = [];
    const late = () => exchange.abort(new Error(`No response within ${Math.round(deadlineMs)} ms.`), { isLate: true });
    const timer = setTimeout(late, deadlineMs);
    const exchange = new Exchange(request, {
      onResponse: (status, headers) => (head = { status, headers }),
      onData: (chunk) => void chunks.push(chunk),
      onEnd() {
        clearTimeout(timer);
        resolve({ ...head, body: Buffer.concat(chunks) });
      },
      onError(error) {
        clearTimeout(timer);
        reject(error);
      },
    });
    address.send(exchange);
  });
}
