import { z } from 'zod';

/**
 * A schema as the document has it (JSON Schema 2020-12, references to components included), as a check: for tests that hold
 * responses against the document alone. Throws where the schema is none.
 */
export function readSchema(document: { components: { schemas: object } }, schema: object): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}
