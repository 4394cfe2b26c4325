import "./quality-bars.css";

const LIT = { good: 3, fair: 2, poor: 1, unknown: 0 };

/** Three bars. Their number shows the quality, so that it does not depend on colour alone. */
export function QualityBars({ level, size = 14 }: { level: keyof typeof LIT; size?: number }) {
  return (
    <svg
      className={`quality-bars quality-${level}`}
      width={size}
      height={size}
      viewBox="0 0 14 14"
      aria-hidden="true"
      focusable="false"
    >
      {[5, 9, 13].map((height, index) => (
        <rect
          key={height}
          className={index < LIT[level] ? "lit" : ""}
          x={index * 5}
          y={14 - height}
          width={3.4}
          height={height}
          rx={1.2}
        />
      ))}
    </svg>
  );
}
