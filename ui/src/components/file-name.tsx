import "./file-name.css";

/** The part of a long name that stays visible at its end: an extension, and a little of what is before it. */
const END = 12;

/**
 * A file name on one line. A long one is shortened in its middle: the extension says what it is. Isolated, so that a
 * name in another direction does not reorder the text around it.
 */
export function FileName({ name }: { name: string }) {
  const characters = [...name];
  const end = characters.length > 2 * END ? END : 0;
  return (
    <bdi className="file-name" title={name}>
      <span className="file-name-start">{characters.slice(0, characters.length - end).join("")}</span>
      {end > 0 && <span>{characters.slice(-end).join("")}</span>}
    </bdi>
  );
}
