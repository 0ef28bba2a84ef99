import { decode, type JwtHeader } from 'jsonwebtoken';

/**
 * The header of a JWT of the type `typ`; throws where the token is none. No extension is known here, so a token that is critical of any
 * (RFC 7515, section 4.1.11) is refused, which jsonwebtoken leaves to its caller.
 */
export function readTokenHeader(token: string, typ: string): JwtHeader {
  const header = decode(token, { complete: true })?.header;
  if (header?.typ !== typ) throw new Error(`The token is no ${typ}.`);
  if (Object.hasOwn(header, 'crit')) throw new Error('The token needs an extension that is not known.');
  return header;
}
