import { type ComponentProps, type ReactNode, type Ref, useId, useImperativeHandle, useRef } from "react";
import { useBlurBeforeRemoval } from "./composition";
import "./field.css";

export interface FieldProps extends ComponentProps<"input"> {
  label: string;
  /** Below the field: help, or the error if `invalid`. */
  hint?: ReactNode;
  invalid?: boolean;
  /** Inside the field, at its end. */
  action?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

export function Field({ label, hint, invalid = false, action, ref, ...rest }: FieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => input.current as HTMLInputElement);
  useBlurBeforeRemoval(input);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className={`field-box ${invalid ? "field-invalid" : ""}`}>
        <input ref={input} id={id} aria-invalid={invalid} aria-describedby={`${id}-hint`} {...rest} />
        {action}
      </div>
      <p id={`${id}-hint`} className={`field-hint ${invalid ? "field-hint-invalid" : ""}`} aria-live="polite">
        {hint}
      </p>
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  disabled?: boolean;
}

export function Select({ label, value, options, onChange, disabled = false }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box field-select">
        <select id={id} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

interface ChoiceProps<V extends string> {
  label: string;
  value: V;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
}

/** A few choices side by side; radio buttons underneath, so arrow keys work. */
export function Choice<V extends string>({ label, value, options, onChange }: ChoiceProps<V>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{label}</legend>
      <div className="choice-options">
        {options.map((option) => (
          <label key={option.value} className="choice-option">
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
