import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** For pages: nothing but this origin, and nothing inline. `upgrade-insecure-requests` of helmet would break http://localhost. */
export const createPagePolicy = (directives: Readonly<Record<string, string[]>>): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        ...directives,
      },
    },
  });
