import { useEffect, useState } from "react";

/**
 * True after `after` milliseconds without a pointer moving. Never for touch (nothing hovers there) and
 * never for somebody who works by keyboard: controls that fade are only for those who can bring them back
 * without looking for them.
 */
export function useIdle(after: number): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    if (!window.matchMedia("(hover: hover) and (pointer: fine)").matches) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let keyboard = false;
    const arm = () => {
      setIdle(false);
      clearTimeout(timer);
      if (!keyboard) timer = setTimeout(() => setIdle(true), after);
    };
    const pointer = () => {
      keyboard = false;
      arm();
    };
    const key = () => {
      keyboard = true;
      arm();
    };
    arm();
    window.addEventListener("pointermove", pointer);
    window.addEventListener("pointerdown", pointer);
    window.addEventListener("keydown", key);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointermove", pointer);
      window.removeEventListener("pointerdown", pointer);
      window.removeEventListener("keydown", key);
    };
  }, [after]);
  return idle;
}
