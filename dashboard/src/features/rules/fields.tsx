import { NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';

/** Whatever a form knows nothing better for: written as JSON, taken over once it is some. */
export function JsonField(props: {
  label: string;
  error: string | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const [text, setText] = useState(props.value === undefined ? '' : JSON.stringify(props.value));
  const [broken, setBroken] = useState(false);
  return (
    <TextInput
      size="xs"
      label={`${props.label} (JSON)`}
      error={props.error ?? broken}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        try {
          props.onChange(value.trim() === '' ? undefined : JSON.parse(value));
          setBroken(false);
        } catch {
          setBroken(true);
        }
      }}
    />
  );
}

export function NumberField(props: {
  label: string;
  value: unknown;
  error: string | undefined;
  onChange: (value: number | undefined) => void;
}) {
  return (
    <NumberInput
      size="xs"
      label={props.label}
      error={props.error}
      value={typeof props.value === 'number' ? props.value : ''}
      onChange={(value) => props.onChange(typeof value === 'number' ? value : undefined)}
      hideControls
    />
  );
}
