/**
 * Copying a figure gives all its digits, as a plain number in USD: `0.0022501` for `$0.002250`. A selection over several
 * figures keeps the text between them; cells of tables are separated by tabs.
 */
export function copyAllDigits(): void {
  document.addEventListener('copy', (event) => {
    const selection = document.getSelection();
    if (selection === null || selection.isCollapsed || event.clipboardData === null) return;
    const text = textOfSelection(selection);
    if (text === undefined) return;
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
  });
}

function textOfSelection(selection: Selection): string | undefined {
  const range = selection.getRangeAt(0);
  const around = elementOf(range.commonAncestorContainer)?.closest('[data-usd]');
  if (around instanceof HTMLElement) return around.dataset.usd;
  const content = range.cloneContents();
  if (content.querySelector('[data-usd]') === null) return undefined;
  return textOf(content)
    .replace(/\n{2,}/g, '\n')
    .trim();
}

function isCell(node: Node): boolean {
  return node instanceof HTMLElement && node.matches('td, th, [role="gridcell"]');
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement;
}

function textOf(node: Node): string {
  if (node instanceof HTMLElement) {
    if (node.dataset.usd !== undefined) return node.dataset.usd;
    if (node.getAttribute('aria-hidden') === 'true') return '';
  }
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? '';
  const children = [...node.childNodes];
  const parts = children.map(textOf);
  // Not "is it a row": a selection inside a row has its cells without it.
  if (children.some(isCell)) return `${parts.filter((part) => part !== '').join('\t')}\n`;
  if (!(node instanceof HTMLElement)) return parts.join('');
  return parts.join('') + (node.matches('p, li, div, dt, dd, caption') ? '\n' : '');
}
