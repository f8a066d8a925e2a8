/**
 * One key for the names of a model: the date of a snapshot does not matter, nor do dots, spaces and the order of the
 * words. Cost pages write `Claude Haiku 3.5` for `claude-3-5-haiku-20241022`.
 */
export function modelKey(model: string): string {
  return model
    .trim()
    .toLowerCase()
    .replace(/-?(?:20\d{2}-\d{2}-\d{2}|20\d{6})$/, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && word !== 'latest')
    .sort()
    .join('-');
}
