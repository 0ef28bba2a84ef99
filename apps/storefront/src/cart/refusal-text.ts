import { ApiProblem } from '../api/problem';
import type { ProblemCode } from '../api/types';

/** The message to a customer when the store refused a change of the cart. */
export function refusalText(error: unknown, name: string): string {
  if (!(error instanceof ApiProblem)) return `${name} could not be changed.`;
  switch (error.code as ProblemCode) {
    case 'TOO_MANY_OF_ITEM':
      return `The cart holds 999 of one item at most, so ${name} stays as it was.`;
    case 'TOO_MANY_LINES':
      return `The cart is full: it holds 100 different items. ${name} was not added.`;
    case 'OUT_OF_STOCK':
      return `${name} is sold out and was not added.`;
    default:
      return `${name}: ${error.message}`;
  }
}
