/** Recipes of docs/instrumentations.md: cut out of the clients that are run, so that each is code that works. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** From a comment with the title to one that ends it. */
const RECIPE = /^[ \t]*\/\/ recipe: (.+)\n([\s\S]*?)^[ \t]*\/\/ end of recipe$/gm;

/** @returns Markdown: a heading and a block of code for each recipe of the folders, by title */
export function recipesOf(folders) {
  return folders
    .flatMap((folder) => {
      const clients = new URL(`frameworks/${folder}/clients/`, import.meta.url);
      if (!existsSync(clients)) return [];
      return readdirSync(clients).flatMap((file) => cut(readFileSync(new URL(file, clients), 'utf8')));
    })
    .sort((one, other) => one.title.localeCompare(other.title, 'en'))
    .map(({ title, code }) => `### ${title}\n\n\`\`\`js\n${code}\n\`\`\``)
    .join('\n\n');
}

/** The clients call `call`, which is `withLlm`, and `task`, which is `withTask`. */
function cut(source) {
  return [...source.matchAll(RECIPE)].map(([, title, body]) => {
    const lines = body.trimEnd().split('\n');
    const indent = Math.min(...lines.flatMap((line) => (line.trim() === '' ? [] : line.search(/\S/))));
    const code = lines
      .map((line) => line.slice(indent))
      .join('\n')
      .replaceAll(/\bcall\(/g, 'withLlm(')
      .replaceAll(/\btask\(/g, 'withTask(');
    return { title, code };
  });
}
