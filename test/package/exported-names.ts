/** The names that the declarations of an entry pass on. */
export function exportedNames(text: string): string[] {
  const clauses = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, names = '']) => names);
  return clauses
    .flatMap((names) => names.split(','))
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => name !== '');
}
