import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import {
  type Box,
  bounded,
  containedSize,
  type Point,
  panBy,
  WHOLE,
  wheelFactor,
  ZOOM_STEP,
  type Zoom,
  zoomBy,
} from "./zoom";

/** How far an arrow key moves the picture, in CSS pixels. */
const KEY_STEP = 80;
/** Of a double tap. */
const TAP_FACTOR = 2.5;

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: KEY_STEP, y: 0 },
  ArrowRight: { x: -KEY_STEP, y: 0 },
  ArrowUp: { x: 0, y: KEY_STEP },
  ArrowDown: { x: 0, y: -KEY_STEP },
};

/**
 * Zoom of the video in `area`: wheel with Ctrl, pinch, keys and buttons; moved by dragging, wheel and keys. `enabled`:
 * otherwise the picture is shown whole, and no gesture is taken.
 */
export function useZoom(area: RefObject<HTMLElement | null>, enabled: boolean) {
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const pointers = useRef(new Map<number, Point>());
  const touched = useRef(false);

  /** `factor` around `at`; without it, around the middle. */
  const zoomAt = useCallback(
    (factor: number, at?: Point) => {
      const { content, box } = sizesOf(area.current);
      const point = at ?? { x: box.width / 2, y: box.height / 2 };
      setZoom((zoom) => zoomBy(zoom, factor, point, content, box));
    },
    [area],
  );
  const pan = useCallback(
    (by: Point) => {
      const { content, box } = sizesOf(area.current);
      setZoom((zoom) => panBy(zoom, by, content, box));
    },
    [area],
  );
  const whole = useCallback(() => setZoom(WHOLE), []);

  useEffect(() => {
    if (!enabled) setZoom(WHOLE);
  }, [enabled]);

  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const { content, box } = sizesOf(element);
      setZoom((zoom) => bounded(zoom, content, box));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [area]);

  // React listens for the wheel passively, and then the browser would zoom the page.
  const zoomed = zoom.scale > 1;
  useEffect(() => {
    const element = area.current;
    if (!element || !enabled) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoomAt(wheelFactor(event.deltaY, event.deltaMode), pointIn(element, event));
      } else if (zoomed) {
        event.preventDefault();
        pan({ x: -event.deltaX, y: -event.deltaY });
      }
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [area, enabled, zoomed, zoomAt, pan]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    touched.current = event.pointerType === "touch";
    if (!enabled || event.button !== 0 || isControl(event.target)) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    pointers.current.set(event.pointerId, pointIn(event.currentTarget, event));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = pointIn(event.currentTarget, event);
    const [other] = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    pointers.current.set(event.pointerId, now);
    if (!other) {
      pan({ x: now.x - before.x, y: now.y - before.y });
      return;
    }
    pan({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
    const distance = Math.hypot(before.x - other.x, before.y - other.y);
    if (distance === 0) return;
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    zoomAt(Math.hypot(now.x - other.x, now.y - other.y) / distance, middle);
  };
  const onPointerEnd = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId);
  };
  /** A double tap zooms; a double click is for the tile. */
  const onDoubleClick = (event: MouseEvent<HTMLElement>) => {
    if (!enabled || !touched.current || isControl(event.target)) return;
    event.stopPropagation();
    if (zoomed) whole();
    else zoomAt(TAP_FACTOR, pointIn(event.currentTarget, event));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = zoomed ? ARROWS[event.key] : undefined;
    if (event.key === "+" || event.key === "=") zoomAt(ZOOM_STEP);
    else if (event.key === "-" || event.key === "_") zoomAt(1 / ZOOM_STEP);
    else if (event.key === "0") whole();
    else if (arrow) pan(arrow);
    else return;
    event.preventDefault();
  };

  return {
    zoom,
    zoomed,
    zoomIn: () => zoomAt(ZOOM_STEP),
    zoomOut: () => zoomAt(1 / ZOOM_STEP),
    whole,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp: onPointerEnd,
      onPointerCancel: onPointerEnd,
      onDoubleClick,
      onKeyDown,
    },
  };
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("button") !== null;
}

function pointIn(element: Element, { clientX, clientY }: { clientX: number; clientY: number }): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

/** The size of the area, and that of the whole picture in it. */
function sizesOf(area: HTMLElement | null): { content: Box; box: Box } {
  const box = { width: area?.clientWidth ?? 0, height: area?.clientHeight ?? 0 };
  const video = area?.querySelector("video");
  return {
    content: containedSize({ width: video?.videoWidth ?? 0, height: video?.videoHeight ?? 0 }, box),
    box,
  };
}
