import type { ComponentProps, ReactNode, Ref } from "react";
import "./button.css";

export interface ButtonProps extends ComponentProps<"button"> {
  look?: "primary" | "quiet" | "plain" | "danger";
  small?: boolean;
  icon?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with a text label. */
export function Button({
  look = "quiet",
  small = false,
  icon,
  children,
  className = "",
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${look} ${small ? "button-small" : ""} ${className}`}
      {...rest}
    >
      {icon}
      <span>{children}</span>
    </button>
  );
}
