import { z } from 'zod';

/** https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string().describe('Stable, for programs'),
    requestId: z.string().optional(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with the request, place by place'),
  })
  .describe('An error (RFC 9457)');
