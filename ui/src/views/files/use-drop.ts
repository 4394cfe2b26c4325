import { useEffect, useRef, useState } from "react";
import type { FileDrag } from "../../host/files";
import { useMaru } from "../hooks/maru-context";
import { type DropTarget, dropAreas, dropTargetAt, recipientsOf } from "./drop-target";

/**
 * Who would get the files that are dragged over the window; null while there are none. What is dropped is offered.
 * Nothing happens while a dialog is open.
 */
export function useDrop(
  onDropped: (target: DropTarget, drop: Extract<FileDrag, { type: "drop" }>) => void,
): DropTarget | null {
  const { call, transfers } = useMaru();
  const [target, setTarget] = useState<DropTarget | null>(null);
  const latest = useRef(onDropped);
  useEffect(() => {
    latest.current = onDropped;
  });
  useEffect(() => {
    if (!transfers) return;
    const stop = transfers.subscribeDrags((drag) => {
      if (drag.type === "leave" || document.querySelector("dialog[open]")) {
        setTarget(null);
        return;
      }
      const { participants } = call.getState();
      const found = dropTargetAt(drag.x, drag.y, dropAreas(document), participants);
      if (drag.type === "over") {
        setTarget((old) => (old && sameTarget(old, found) ? old : found));
        return;
      }
      setTarget(null);
      const to = recipientsOf(found);
      if (to.length > 0) void transfers.offerDropped(drag.token, to);
      latest.current(found, drag);
    });
    return () => {
      stop();
      setTarget(null);
    };
  }, [call, transfers]);
  return target;
}

/** The pointer moves many times a second, mostly over the same person. */
function sameTarget(a: DropTarget, b: DropTarget): boolean {
  if (a.kind !== b.kind) return false;
  const [rectA, rectB] = ["rect" in a ? a.rect : null, "rect" in b ? b.rect : null];
  return (
    recipientsOf(a).join() === recipientsOf(b).join() &&
    rectA?.x === rectB?.x &&
    rectA?.y === rectB?.y &&
    rectA?.width === rectB?.width &&
    rectA?.height === rectB?.height
  );
}
