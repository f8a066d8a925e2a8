export interface Column<K extends string> {
  key: K | undefined;
  label: string;
  isNumber?: boolean;
  class?: string;
  title?: string;
}

interface SortHeaderProps<K extends string> {
  column: Column<K>;
  sort: K;
  isDescending: boolean;
  onSort(sort: K, isDescending: boolean): void;
}

/** A head cell that sorts: numbers first from the largest down, texts from A. */
export function SortHeader<K extends string>({ column, sort, isDescending, onSort }: SortHeaderProps<K>) {
  const { key, label, isNumber = false } = column;
  const isSorted = key === sort;
  const direction = isDescending ? 'descending' : 'ascending';
  const name = `${isNumber ? 'number' : ''} ${column.class ?? ''}`.trim();
  return (
    <th scope="col" class={name} aria-sort={isSorted ? direction : undefined} title={column.title}>
      {key === undefined ? (
        label
      ) : (
        <button type="button" class="sort" onClick={() => onSort(key, isSorted ? !isDescending : isNumber)}>
          {label}
          <span class="arrow" aria-hidden="true">
            {isSorted ? (isDescending ? '↓' : '↑') : ''}
          </span>
        </button>
      )}
    </th>
  );
}
