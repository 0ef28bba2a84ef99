import { IncomingMessage, ServerResponse, type RequestListener, type ServerOptions } from 'node:http';
import type { Express } from 'express';

/**
 * Classes of requests and responses that are an Express app's own from the start; nothing for another listener. Express gives each of
 * Node's the app's prototype otherwise, and V8 may run all that touches an object of changed prototype at half the speed: docs/performance.md.
 */
export function appMessages(
  listener: RequestListener | Express,
): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  if (!('request' in listener)) return {};
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  Object.setPrototypeOf(AppRequest.prototype, listener.request);
  Object.setPrototypeOf(AppResponse.prototype, listener.response);
  listener.request = AppRequest.prototype as Express['request'];
  listener.response = AppResponse.prototype as unknown as Express['response'];
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
