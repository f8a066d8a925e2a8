import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface PanelProps {
  title: string;
  /** Behind the title, such as a count. */
  note?: ComponentChildren;
  /** At the right of the title. */
  tools?: ComponentChildren;
  class?: string;
  error?: string | undefined;
  isLoading?: boolean;
  children: ComponentChildren;
}

export function Panel({
  title,
  note,
  tools,
  class: name = '',
  error,
  isLoading = false,
  children,
}: PanelProps) {
  const id = useId();
  return (
    <section class={`panel ${name}`} aria-labelledby={id} aria-busy={isLoading}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span class="note">{note}</span>}
        {tools !== undefined && <div class="tools">{tools}</div>}
      </header>
      {error !== undefined && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {children}
    </section>
  );
}

/** Rows that wait until the reader wants them. It is in the box that holds still, so that going to it is reading, too. */
export function Pill({ label, onApply }: { label: string | undefined; onApply(): void }) {
  const apply = (event: MouseEvent & { currentTarget: HTMLElement }) => {
    const isByKeyboard = event.detail === 0;
    if (isByKeyboard) event.currentTarget.closest('.holds')?.querySelector<HTMLElement>('.scrolls')?.focus();
    onApply();
  };
  return (
    <div class="pill-place">
      <span class="sr-only" role="status">
        {label === undefined ? '' : 'Something new is waiting'}
      </span>
      {label !== undefined && (
        <button type="button" class="pill" onClick={apply} title="Show what has arrived while you read">
          {label}
        </button>
      )}
    </div>
  );
}

/**
 * `12 new`, else `3 changed`; undefined without a newer answer.
 *
 * @param key tells which rows are the same one.
 */
export function pendingLabel<R>(
  shown: readonly R[] | undefined,
  pending: readonly R[] | undefined,
  key: (row: R) => string,
): string | undefined {
  if (shown === undefined || pending === undefined) return undefined;
  const old = new Map(shown.map((row) => [key(row), JSON.stringify(row)]));
  let added = 0;
  let changed = 0;
  for (const row of pending) {
    const text = old.get(key(row));
    if (text === undefined) added += 1;
    else if (text !== JSON.stringify(row)) changed += 1;
  }
  if (added > 0) return `${added} new`;
  return changed > 0 ? `${changed} changed` : 'Updated';
}
