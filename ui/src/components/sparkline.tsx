interface SparklineProps {
  /** Oldest first; null leaves a gap. */
  values: readonly (number | null)[];
  /** Number of values in the full width; fewer are aligned to the right. */
  capacity: number;
}

const WIDTH = 96;
const HEIGHT = 22;

/** A graph of values, from zero to their maximum. Decorative: the current value is beside it as text. */
export function Sparkline({ values, capacity }: SparklineProps) {
  const max = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const left = capacity - values.length;
  let path = "";
  let pen = "M";
  values.forEach((value, index) => {
    if (value === null) {
      pen = "M";
      return;
    }
    const x = ((left + index) / Math.max(1, capacity - 1)) * WIDTH;
    const y = 1 + (1 - value / max) * (HEIGHT - 2);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  });
  return (
    <svg className="sparkline" width={WIDTH} height={HEIGHT} aria-hidden="true" focusable="false">
      <path d={path} fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  );
}
