import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** In pixels; the style sheet has the same. */
export const ROW_HEIGHT = 30;
const EXTRA_ROWS = 10;
/** So few rows are all in the document, where the browser's own search finds them. */
const ALL_ROWS = 200;

export interface VisibleRange {
  first: number;
  /** Not included. */
  last: number;
  pageRows: number;
}

/** Which rows of a scrolling box with rows of one height are to be drawn. */
export function useVisibleRange(box: RefObject<HTMLElement | null>, rows: number): VisibleRange {
  const [view, setView] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const resize = new ResizeObserver(look);
    resize.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resize.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box]);
  const pageRows = Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 1);
  if (rows <= ALL_ROWS) return { first: 0, last: rows, pageRows };
  const first = Math.max(0, Math.min(Math.floor(view.top / ROW_HEIGHT), rows) - EXTRA_ROWS);
  return { first, last: Math.min(rows, first + pageRows + 2 * EXTRA_ROWS), pageRows };
}
