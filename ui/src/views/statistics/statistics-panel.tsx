import type { Quality, RemoteParticipant, StatsSample } from "../../call/types";
import { QualityBars } from "../../components/quality-bars";
import { Sparkline } from "../../components/sparkline";
import { shownName } from "../../i18n/shown-name";
import { useLanguage, useText } from "../../i18n/text";
import { useCall } from "../hooks/maru-context";
import { useSamples } from "../hooks/use-samples";
import { Panel } from "../panels/panel";
import { TechnicalDetails } from "../shared/technical-details";
import { type StatsSection, sectionsOf } from "./stats-sections";
import "./statistics.css";

/** Samples in a graph: one minute, at one per second. */
const GRAPH_SAMPLES = 60;

interface StatisticsPanelProps {
  participant: RemoteParticipant;
  onClose: () => void;
}

/** The quality of the link to a participant, and its statistics. */
export function StatisticsPanel({ participant, onClose }: StatisticsPanelProps) {
  const text = useText();
  const language = useLanguage();
  const own = useCall((state) => state.self.state);
  const samples = useSamples(participant.id);
  const last = samples.at(-1)?.stats;
  return (
    <Panel title={text.statistics.title(shownName(participant.name, text))} onClose={onClose}>
      <div className="statistics" data-testid="statistics" data-participant={participant.id}>
        <Rating quality={participant.quality} />
        {participant.problems.map((problem) => (
          <p key={problem} className="statistics-problem">
            {text.call.problemsHelp[problem]}
          </p>
        ))}
        {last === undefined && <p className="statistics-waiting">{text.statistics.waiting}</p>}
        {last !== undefined &&
          sectionsOf(last, { received: participant.state, sent: own }, text, language).map((section) => (
            <Rows key={section.name} section={section} samples={samples} />
          ))}
        {last !== undefined && (
          <TechnicalDetails summary={text.statistics.technical} detail={JSON.stringify(last, null, 2)} />
        )}
      </div>
    </Panel>
  );
}

function Rating({ quality: { level, cause } }: { quality: Quality }) {
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

/** The rows with a graph of their history. */
const GRAPHS: Record<string, (sample: StatsSample) => number | null> = {
  "round-trip": ({ stats }) => stats.roundTrip,
  loss: ({ stats }) => stats.loss,
  received: ({ stats }) => stats.receivedBitrate,
  sent: ({ stats }) => stats.sentBitrate,
};

function Rows({ section, samples }: { section: StatsSection; samples: readonly StatsSample[] }) {
  return (
    <section data-testid="statistics-section" data-section={section.name}>
      <h3>{section.title}</h3>
      <dl>
        {section.rows.map(({ name, label, value }) => {
          const graph = section.name === "connection" ? GRAPHS[name] : undefined;
          return (
            <div key={name}>
              <dt>{label}</dt>
              <dd data-testid="statistics-row" data-row={name}>
                {graph && <Sparkline values={samples.map(graph)} capacity={GRAPH_SAMPLES} />}
                <span>{value}</span>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
