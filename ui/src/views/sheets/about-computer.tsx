import { CircleAlert, CircleCheck } from "lucide-react";
import type { EngineProblem } from "../../engine/types";
import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/context";

/** What pictures in calls need of this machine, in the order in which a frame travels. */
const CHECKS = [
  "no-video-worker",
  "no-frame-access",
  "no-vp8-encoder",
  "no-vp8-decoder",
  "no-frame-display",
] as const satisfies readonly EngineProblem[];

/** What carries calls here, and what was found when the app started; a missing part names its package. */
export function AboutComputer() {
  const text = useText();
  const host = useHost();
  const engine = useCall((state) => state.engine);
  if (host.kind !== "desktop") return null;
  return (
    <section aria-label={text.about.title}>
      <h3>{text.about.title}</h3>
      <p className="sheet-note">{text.about.engine[engine.kind]}</p>
      {engine.kind === "native" && (
        <ul className="checks">
          {CHECKS.map((check) => {
            const missing = engine.problems.includes(check);
            const Icon = missing ? CircleAlert : CircleCheck;
            return (
              <li key={check} className={missing ? "check-missing" : "check-fine"}>
                <Icon size={16} aria-hidden="true" />
                <span>
                  {text.about.check[check]}
                  <small>{missing ? text.engineProblem[check] : text.about.fine}</small>
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
