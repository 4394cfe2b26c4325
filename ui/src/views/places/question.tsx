import type { ReactNode } from "react";
import { Button, type ButtonProps } from "../../components/button";
import { Sheet } from "../../components/sheet";
import { useText } from "../../i18n/text";
import "./question.css";

interface QuestionProps {
  title: string;
  children: ReactNode;
  yes: string;
  look: NonNullable<ButtonProps["look"]>;
  no: string;
  onYes: () => void;
  /** Also for Escape and the close button. */
  onNo: () => void;
}

/** A dialog with two answers. */
export function Question({ title, children, yes, look, no, onYes, onNo }: QuestionProps) {
  const text = useText();
  return (
    <Sheet title={title} closeLabel={text.common.close} onClose={onNo}>
      <div className="question">{children}</div>
      <div className="question-answers">
        <Button onClick={onNo}>{no}</Button>
        <Button look={look} onClick={onYes}>
          {yes}
        </Button>
      </div>
    </Sheet>
  );
}
