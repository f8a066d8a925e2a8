import { Fragment } from 'preact';
import { useState } from 'preact/hooks';

/** A line of code with a button that copies it. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<'' | 'Copied' | 'Select and copy'>('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('Copied');
    } catch {
      setState('Select and copy');
    }
    setTimeout(setState, 2_000, '');
  };
  return (
    <div class="copy-line">
      <code>
        {text.split(' ').map((word, index) => (
          <Fragment key={`${index} ${word}`}>
            {index > 0 && ' '}
            <span class="word">{word}</span>
          </Fragment>
        ))}
      </code>
      <button type="button" class="button" onClick={copy} aria-label={`Copy: ${label}`}>
        {state === '' ? 'Copy' : state}
      </button>
    </div>
  );
}
