import { useEffect, useState } from "react";

/**
 * True after `timeout` milliseconds without pointer movement. Never on touch screens and never after a key press:
 * controls may fade only for people who bring them back by moving the pointer.
 */
export function useIdle(timeout: number): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    if (!window.matchMedia("(hover: hover) and (pointer: fine)").matches) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let keyboard = false;
    const restart = () => {
      setIdle(false);
      clearTimeout(timer);
      if (!keyboard) timer = setTimeout(() => setIdle(true), timeout);
    };
    const pointer = () => {
      keyboard = false;
      restart();
    };
    const key = () => {
      keyboard = true;
      restart();
    };
    restart();
    window.addEventListener("pointermove", pointer);
    window.addEventListener("pointerdown", pointer);
    window.addEventListener("keydown", key);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointermove", pointer);
      window.removeEventListener("pointerdown", pointer);
      window.removeEventListener("keydown", key);
    };
  }, [timeout]);
  return idle;
}
