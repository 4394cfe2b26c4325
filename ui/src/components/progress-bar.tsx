import "./progress-bar.css";

interface ProgressBarProps {
  /** Accessible name. */
  label: string;
  /** 0–1. */
  share: number;
  /** How far it is, in words. */
  valueText: string;
  paused?: boolean;
}

export function ProgressBar({ label, share, valueText, paused = false }: ProgressBarProps) {
  const percent = Math.min(100, Math.max(0, share * 100));
  return (
    <div
      className={`progress ${paused ? "progress-paused" : ""}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(percent)}
      aria-valuetext={valueText}
    >
      <span style={{ scale: `${percent / 100} 1` }} />
    </div>
  );
}
