import { Field, type FieldProps } from "../../components/field";
import { limitName } from "../../protocol/name";
import { useHost, useSettings } from "../hooks/maru-context";

/** One's own name, as it is in the settings. The limit counts characters as people see them, unlike `maxLength`. */
export function NameField(props: Omit<FieldProps, "value" | "onChange">) {
  const host = useHost();
  const { name } = useSettings();
  return (
    <Field
      dir="auto"
      {...props}
      value={name}
      onChange={(event) => host.settings.set({ name: limitName(event.target.value) })}
    />
  );
}
