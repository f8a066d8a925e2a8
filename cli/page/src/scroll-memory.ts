import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

const MOST = 50;
const places = new Map<string, number>();

/** Coming back to a list, one finds it scrolled as one left it. `key` names the list; nothing is restored before its rows are there. */
export function useScrollMemory(box: RefObject<HTMLElement | null>, key: string, hasRows: boolean): void {
  useEffect(() => {
    const element = box.current;
    if (element === null || !hasRows) return;
    element.scrollTop = places.get(key) ?? element.scrollTop;
    const save = () => {
      places.delete(key);
      places.set(key, element.scrollTop);
      const [oldest] = places.keys();
      if (places.size > MOST && oldest !== undefined) places.delete(oldest);
    };
    element.addEventListener('scroll', save, { passive: true });
    return () => element.removeEventListener('scroll', save);
  }, [box, key, hasRows]);
}
