import { useEffect, useState } from 'preact/hooks';
import { go, type Route, withQuery } from '../route.js';

const TYPING_MILLIS = 200;

interface FilterInputProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** Reports what was typed once the typing pauses. */
export function FilterInput({ label, value, onChange }: FilterInputProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(onChange, TYPING_MILLIS, text);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <input
      type="search"
      class="filter"
      placeholder={label}
      aria-label={label}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}

export function TaskFilters({ route, csv }: { route: Route; csv: string }) {
  const { q = '', outcome = '', only = '', name = '' } = route.query;
  const set = (changes: Record<string, string | undefined>) =>
    go(withQuery(route, changes), { replace: true });
  return (
    <>
      {name !== '' && (
        <button
          type="button"
          class="button chip"
          title={`Only tasks with the name ${name}. Click for all`}
          onClick={() => set({ name: undefined })}
        >
          <span>{name}</span> <span aria-hidden="true">×</span>
          <span class="sr-only">: show all names</span>
        </button>
      )}
      <FilterInput label="Filter tasks" value={q} onChange={(text) => set({ q: text })} />
      <select
        aria-label="Outcome"
        value={outcome}
        onChange={(event) => set({ outcome: event.currentTarget.value })}
      >
        <option value="">Any outcome</option>
        <option value="success">Success</option>
        <option value="failure">Failure</option>
        <option value="cancelled">Cancelled</option>
        <option value="running">Running</option>
      </select>
      <select
        aria-label="Which tasks"
        title="Outliers cost more than twice the median of their name, or are over budget"
        value={only}
        onChange={(event) => set({ only: event.currentTarget.value })}
      >
        <option value="">All tasks</option>
        <option value="outliers">Outliers</option>
        <option value="over_budget">Over budget</option>
      </select>
      <a class="button" href={csv} download="tasks.csv" title="All digits, all rows that match">
        CSV
      </a>
    </>
  );
}
