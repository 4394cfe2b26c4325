import type { Quality, RemoteParticipant, StatsSample } from "../../call/types";
import { QualityBars } from "../../components/quality-bars";
import { Sparkline } from "../../components/sparkline";
import { useLanguage, useText } from "../../i18n/text";
import { useCall } from "../hooks/context";
import { useSamples } from "../hooks/use-samples";
import { Panel } from "../panels/panel";
import { TechnicalDetails } from "../technical-details";
import { type Section, sectionsOf } from "./figures";
import "./statistics.css";

/** As many samples as one drawing holds: a minute, at one a second. */
const DRAWN = 60;

/** How the connection to somebody is, and every figure behind that. */
export function StatisticsPanel({ person, onClose }: { person: RemoteParticipant; onClose: () => void }) {
  const text = useText();
  const language = useLanguage();
  const own = useCall((state) => state.self.state);
  const samples = useSamples(person.id);
  const last = samples.at(-1)?.stats;
  return (
    <Panel title={text.statistics.title(person.name || text.common.guest)} onClose={onClose}>
      <div className="statistics" data-testid="statistics" data-participant={person.id}>
        <Verdict quality={person.quality} />
        {person.problems.map((problem) => (
          <p key={problem} className="statistics-problem">
            {text.call.problemsHelp[problem]}
          </p>
        ))}
        {last === undefined && <p className="statistics-waiting">{text.statistics.waiting}</p>}
        {last !== undefined &&
          sectionsOf(last, { received: person.state, sent: own }, text, language).map((section) => (
            <Figures key={section.name} section={section} samples={samples} />
          ))}
        {last !== undefined && (
          <TechnicalDetails summary={text.statistics.technical} detail={JSON.stringify(last, null, 2)} />
        )}
      </div>
    </Panel>
  );
}

function Verdict({ quality: { level, cause } }: { quality: Quality }) {
  const text = useText();
  return (
    <div className={`verdict verdict-${level}`} role="status">
      <QualityBars level={level} size={20} />
      <div>
        <strong>{text.quality.levels[level]}</strong>
        {cause && <p>{text.quality.causes[cause]}</p>}
        {cause && level === "poor" && <p>{text.quality.advice[cause]}</p>}
      </div>
    </div>
  );
}

/** Those whose course says more than their value. */
const COURSES: Record<string, (sample: StatsSample) => number | null> = {
  "round-trip": ({ stats }) => stats.roundTrip,
  loss: ({ stats }) => stats.loss,
  received: ({ stats }) => stats.receivedBitrate,
  sent: ({ stats }) => stats.sentBitrate,
};

function Figures({ section, samples }: { section: Section; samples: readonly StatsSample[] }) {
  return (
    <section data-testid="statistics-section" data-section={section.name}>
      <h3>{section.title}</h3>
      <dl>
        {section.figures.map(({ name, label, value }) => {
          const course = section.name === "connection" ? COURSES[name] : undefined;
          return (
            <div key={name}>
              <dt>{label}</dt>
              <dd data-testid="figure" data-figure={name}>
                {course && <Sparkline values={samples.map(course)} capacity={DRAWN} />}
                <span>{value}</span>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
