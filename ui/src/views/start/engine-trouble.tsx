import { preventsVideo } from "../../engine/problems";
import { useText } from "../../i18n/text";
import { useCall } from "../hooks/context";

/** What this machine lacks for pictures in calls, and what to install. Voices work without. */
export function EngineTrouble() {
  const text = useText();
  const engine = useCall((state) => state.engine);
  const problems = engine.problems.filter(preventsVideo);
  if (problems.length === 0) return null;
  return (
    <div className="trouble" role="status" data-testid="engine-trouble">
      <h2>{text.start.engineTrouble}</h2>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{text.engineProblem[problem]}</li>
        ))}
      </ul>
    </div>
  );
}
