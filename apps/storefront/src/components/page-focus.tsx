import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

let cameByHistory = false;
addEventListener('popstate', () => (cameByHistory = true));

/** After a link, the new page is read from its heading; after Back, the browser restores the place. */
export function PageFocus() {
  const [path] = useLocation();
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    if (!cameByHistory) {
      scrollTo(0, 0);
      (document.querySelector<HTMLElement>('main h1') ?? document.getElementById('content'))?.focus();
    }
    cameByHistory = false;
  }, [path]);
  return null;
}
