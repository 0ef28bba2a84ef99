import type { Response } from 'express';

/** As nginx writes it, for a client that hung up before it had the answer. */
const clientClosedRequest = 499;

/** The status that a request ended with, to be asked when its connection or its answer is over. */
export const finalStatus = (res: Response): number => (res.writableFinished ? res.statusCode : clientClosedRequest);
