import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef } from "react";
import "./menu.css";

interface MenuProps {
  label: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
  /** Items in a row (reactions) rather than in a column. */
  row?: boolean;
}

const ITEMS = '[role^="menuitem"]:not([aria-disabled="true"])';

/** Distance that a menu keeps from the edges of its area, in CSS pixels. */
const MARGIN = 8;

function boundsOf(menu: Element): Element {
  return menu.closest("[data-menu-bounds]") ?? document.documentElement;
}

/**
 * A menu above the control that opened it. Arrow keys move, Escape and a click outside close it, the focus returns.
 * Shifted sideways as far as it takes to stay within the closest element with `data-menu-bounds`, or the window.
 */
export function Menu({ label, onClose, children, className = "", row = false }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  }, [onClose]);
  useEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    // Not `document.activeElement`: WebKit does not focus a button that is clicked.
    const slot = menu.parentElement;
    // One whose item is in another menu has no opener of its own.
    const opener = slot?.querySelector<HTMLElement>("[aria-haspopup]") ?? slot?.querySelector("button");
    const first = menu.querySelector<HTMLElement>(ITEMS);
    const choices = first?.getAttribute("role") === "menuitemradio";
    ((choices && menu.querySelector<HTMLElement>('[aria-checked="true"]')) || first)?.focus();
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      // A click on the opener toggles the menu; closed here, it would open again.
      if (!menu.contains(target) && !slot?.contains(target)) close.current();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      if (menu.contains(document.activeElement) || document.activeElement === document.body) opener?.focus();
    };
  }, []);

  const shift = useRef(0);
  const place = useCallback(() => {
    const menu = ref.current;
    if (!menu) return;
    const area = boundsOf(menu).getBoundingClientRect();
    const box = menu.getBoundingClientRect();
    const left = box.left - shift.current;
    const limit = Math.min(area.right - MARGIN - box.width, Math.max(area.left + MARGIN, left));
    shift.current = Math.max(area.left, limit) - left;
    menu.style.setProperty("--menu-shift", `${shift.current}px`);
  }, []);
  // At each render: its items, or the place of the control it belongs to, may have changed.
  useLayoutEffect(place);
  useLayoutEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    const observer = new ResizeObserver(place);
    observer.observe(boundsOf(menu));
    return () => observer.disconnect();
  }, [place]);

  const onKeyDown = (event: KeyboardEvent) => {
    const items = [...(ref.current?.querySelectorAll<HTMLElement>(ITEMS) ?? [])];
    const index = items.indexOf(document.activeElement as HTMLElement);
    const go = (to: number) => {
      event.preventDefault();
      items.at(to % items.length)?.focus();
    };
    switch (event.key) {
      case "Escape":
        event.stopPropagation();
        onClose();
        return;
      case "Tab":
        onClose();
        return;
      case "ArrowDown":
      case "ArrowRight":
        return go(index + 1);
      case "ArrowUp":
      case "ArrowLeft":
        return go(index - 1);
      case "Home":
        return go(0);
      case "End":
        return go(-1);
    }
  };

  return (
    <div
      ref={ref}
      role="menu"
      aria-label={label}
      aria-orientation={row ? "horizontal" : "vertical"}
      tabIndex={-1}
      className={`menu ${row ? "menu-row" : ""} ${className}`}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  );
}

interface MenuItemProps {
  icon?: ReactNode;
  shortcut?: string | undefined;
  onSelect: () => void;
  /** Set: the item is one of several choices (`menuitemradio`). */
  checked?: boolean;
  children: ReactNode;
  className?: string;
}

export function MenuItem({ icon, shortcut, onSelect, checked, children, className = "" }: MenuItemProps) {
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: `aria-checked` is there only with the role that has it.
    <button
      type="button"
      role={checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={checked}
      className={`menu-item ${className}`}
      onClick={onSelect}
    >
      <span className="menu-icon" aria-hidden="true">
        {checked === undefined ? icon : <span className={checked ? "menu-check" : ""} />}
      </span>
      <span className="menu-label">{children}</span>
      {shortcut && <kbd className="kbd">{shortcut}</kbd>}
    </button>
  );
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is not allowed inside a menu.
    <div role="group" aria-label={label} className="menu-group">
      <div className="menu-title" aria-hidden="true">
        {label}
      </div>
      {children}
    </div>
  );
}
