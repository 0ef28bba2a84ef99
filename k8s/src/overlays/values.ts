import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** The values of an overlay; none if it has no such file. */
export async function readValues(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return (parse(text) as { data?: Record<string, string> } | null)?.data ?? {};
}
