import { preventsVideo } from "../../engine/problems";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";

/** What is missing on this computer for video, and what to install. Audio works without it. */
export function EngineProblems() {
  const text = useText();
  const engine = useCall((state) => state.engine);
  const problems = engine.problems.filter(preventsVideo);
  if (problems.length === 0) return null;
  return (
    <div className="problem" role="status" data-testid="engine-problems">
      <h2>{text.start.engineProblems}</h2>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{text.engineProblem[problem]}</li>
        ))}
      </ul>
    </div>
  );
}
