import { X } from "lucide-react";
import { Control } from "./control";

interface CloseButtonProps {
  label: string;
  shortcut?: string;
  /** Of the icon, in CSS pixels. */
  size?: number;
  onClick: () => void;
}

/** In the top right corner of a panel, a sheet or a note. */
export function CloseButton({ size = 18, ...rest }: CloseButtonProps) {
  return <Control compact tipBelow className="tip-right" icon={<X size={size} />} {...rest} />;
}
