import { CircleAlert, CircleCheck } from "lucide-react";
import { isMerelySlow } from "../../engine/problems";
import type { EngineProblem } from "../../engine/types";
import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/context";

/** What pictures in calls need of this machine, in the order in which a frame travels. */
const CHECKS = {
  worker: ["no-video-worker"],
  access: ["no-frame-access", "slow-frame-access"],
  encoder: ["no-vp8-encoder"],
  decoder: ["no-vp8-decoder"],
  display: ["no-frame-display", "slow-frame-display"],
} as const satisfies Record<string, readonly EngineProblem[]>;
const ORDER = [
  "worker",
  "access",
  "encoder",
  "decoder",
  "display",
] as const satisfies (keyof typeof CHECKS)[];

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
          {ORDER.map((check) => {
            const problem = CHECKS[check].find((problem) => engine.problems.includes(problem));
            const Icon = problem ? CircleAlert : CircleCheck;
            return (
              <li
                key={check}
                className={problem ? (isMerelySlow(problem) ? "check-slow" : "check-missing") : "check-fine"}
              >
                <Icon size={16} aria-hidden="true" />
                <span>
                  {text.about.check[check]}
                  <small>{problem ? text.engineProblem[problem] : text.about.fine}</small>
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
