import type { KubernetesObject } from '../manifests/objects';

/** Names that RFC 2606 reserves, and networks that RFC 5737 reserves, for examples. */
const example = /[\w.-]+\.example\b|\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+(?:\/\d+)?/g;

/** The examples that a rendered overlay still has, each with the places that hold it. */
export function findPlaceholders(objects: readonly KubernetesObject[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const object of objects) {
    for (const { path, text } of getStrings(object, [])) {
      for (const [placeholder] of text.matchAll(example)) {
        const places = found.get(placeholder) ?? [];
        found.set(placeholder, [...places, `${object.kind}/${object.metadata.name} ${path}`]);
      }
    }
  }
  return found;
}

/** One line for each placeholder: what it is, where it is, and which value sets it. */
export function describePlaceholders(
  placeholders: ReadonlyMap<string, readonly string[]>,
  values: Readonly<Record<string, string>>,
  valuesFile: string,
): string[] {
  return [...placeholders].map(([placeholder, [first, ...others]]) => {
    const names = Object.keys(values).filter((name) => values[name]?.includes(placeholder));
    const remedy =
      names.length > 0 ? `Set ${names.join(' and ')} in ${valuesFile}` : `No value of ${valuesFile} sets it`;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return `${placeholder} is an example. ${remedy} (${first}${more})`;
  });
}

function getStrings(value: unknown, path: readonly string[]): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path: path.join('.'), text: value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, held]) => getStrings(held, [...path, key]));
}
