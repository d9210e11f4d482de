interface SelectProps {
  readonly label: string;
  readonly value: string | undefined;
  /** Values with their texts. */
  readonly options: readonly (readonly [value: string, text: string])[];
  /** Called with the chosen value. */
  readonly onChoose: (value: string) => void;
}

/** Labelled list of options. */
export function Select({ label, value, options, onChoose }: SelectProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
