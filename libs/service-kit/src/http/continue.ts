import type { IncomingMessage, ServerResponse } from 'node:http';

const held = new WeakSet<IncomingMessage>();

/**
 * Keeps back the `100 Continue` of a request until its body is wanted (RFC 9110, section 10.1.1). A client that never gets it may leave its body
 * out, and the next request would be taken for that body: so the connection ends with the response.
 */
export function holdContinue(req: IncomingMessage, res: ServerResponse): void {
  held.add(req);
  res.setHeader('Connection', 'close');
}

/** Asks the client for the body that it keeps back; does nothing where it sends its body unasked. */
export function sendContinue(req: IncomingMessage, res: ServerResponse): void {
  if (!held.delete(req)) return;
  res.writeContinue();
}
