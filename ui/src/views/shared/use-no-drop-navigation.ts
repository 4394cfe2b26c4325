import { useEffect } from "react";
import { isTyping } from "./shortcuts";

/** Files and links dropped on the page open nothing: a browser would leave the call for them. Text fields still take text. */
export function useNoDropNavigation(): void {
  useEffect(() => {
    const prevent = (event: DragEvent) => {
      const { dataTransfer } = event;
      if (event.defaultPrevented || !dataTransfer) return;
      if (isTyping(event.target) && !dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      dataTransfer.dropEffect = "none";
    };
    window.addEventListener("dragover", prevent);
    window.addEventListener("drop", prevent);
    return () => {
      window.removeEventListener("dragover", prevent);
      window.removeEventListener("drop", prevent);
    };
  }, []);
}
