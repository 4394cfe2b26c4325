import { CircleAlert, CircleCheck } from "lucide-react";
import { isFallback } from "../../engine/problems";
import type { EngineProblem } from "../../engine/types";
import { useText } from "../../i18n/text";
import { useCall, useHost } from "../hooks/maru-context";

/** The requirements of video calls, in the order in which a frame passes them, and those of opening devices. */
const CHECKS = {
  worker: ["no-video-worker"],
  access: ["no-frame-access", "slow-frame-access"],
  encoder: ["no-vp8-encoder"],
  decoder: ["no-vp8-decoder"],
  display: ["no-frame-display", "slow-frame-display"],
  camera: ["no-pipewire-plugin", "no-camera-portal"],
  screen: ["no-pipewire-plugin", "no-screen-portal", "no-graphics-card"],
} as const satisfies Record<string, readonly EngineProblem[]>;
const ORDER = [
  "worker",
  "access",
  "encoder",
  "decoder",
  "display",
  "camera",
  "screen",
] as const satisfies (keyof typeof CHECKS)[];

/** The engine that carries calls, and the requirements that were checked when the app started. */
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
            const problems = CHECKS[check].filter((problem) => engine.problems.includes(problem));
            const Icon = problems.length > 0 ? CircleAlert : CircleCheck;
            return (
              <li key={check} className={classNameOf(problems)}>
                <Icon size={16} aria-hidden="true" />
                <span>
                  {text.about.check[check]}
                  {problems.length === 0 && <small>{text.about.fine}</small>}
                  {problems.map((problem) => (
                    <small key={problem}>{text.engineProblem[problem]}</small>
                  ))}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function classNameOf(problems: readonly EngineProblem[]): string {
  if (problems.length === 0) return "check-fine";
  return problems.every(isFallback) ? "check-slow" : "check-missing";
}
