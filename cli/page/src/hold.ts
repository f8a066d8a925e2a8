import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Store, useStore } from './store.js';

/** The reader's pause button: everything but the ticker holds still. */
export const paused = new Store(false);

/**
 * True while one reads in this box: the pointer is in it, the keyboard's focus is, a part of it is selected, a
 * `.scrolls` in it is scrolled, or the page is paused. Focus that a click has left behind does not count.
 */
export function useHold(box: RefObject<HTMLElement | null>): boolean {
  const isPaused = useStore(paused);
  const [isReading, setReading] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let isPointerIn = false;
    const look = () => {
      setReading(isPointerIn || isScrolled(element) || hasFocus(element) || hasSelection(element));
    };
    const onPointer = (event: Event) => {
      isPointerIn = event.type !== 'pointerleave';
      look();
    };
    const ofElement = ['pointerenter', 'pointermove', 'pointerleave'];
    for (const type of ofElement) element.addEventListener(type, onPointer);
    element.addEventListener('scroll', look, { passive: true, capture: true });
    element.addEventListener('focusin', look);
    element.addEventListener('focusout', look);
    document.addEventListener('selectionchange', look);
    return () => {
      for (const type of ofElement) element.removeEventListener(type, onPointer);
      element.removeEventListener('scroll', look, { capture: true });
      element.removeEventListener('focusin', look);
      element.removeEventListener('focusout', look);
      document.removeEventListener('selectionchange', look);
    };
  }, [box]);
  return isReading || isPaused;
}

function isScrolled(element: HTMLElement): boolean {
  return [...element.querySelectorAll('.scrolls')].some((one) => one.scrollTop > 0);
}

function hasFocus(element: HTMLElement): boolean {
  return element.matches(':focus-visible') || element.querySelector(':focus-visible') !== null;
}

function hasSelection(element: HTMLElement): boolean {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return false;
  return selection.getRangeAt(0).intersectsNode(element);
}
