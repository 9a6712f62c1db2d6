import type { KeyboardEvent } from 'react';

/** Tabs that filter one list: arrow keys move, the chosen one is in the tab order. */
export function FilterTabs<Value extends string>(props: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  tabs: readonly { readonly value: Value; readonly label: string; readonly count?: number }[];
  controls: string;
}) {
  const move = (event: KeyboardEvent, step: number) => {
    event.preventDefault();
    const at = props.tabs.findIndex((tab) => tab.value === props.value);
    const next = props.tabs[(at + step + props.tabs.length) % props.tabs.length];
    if (!next) return;
    props.onChange(next.value);
    const siblings = event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('[role=tab]');
    siblings?.[props.tabs.indexOf(next)]?.focus();
  };
  return (
    <div className="up-tabs" role="tablist" aria-label={props.label}>
      {props.tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          role="tab"
          id={`${props.controls}-tab-${tab.value}`}
          aria-selected={tab.value === props.value}
          aria-controls={props.controls}
          tabIndex={tab.value === props.value ? 0 : -1}
          onClick={() => props.onChange(tab.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') move(event, 1);
            if (event.key === 'ArrowLeft') move(event, -1);
          }}
        >
          {tab.label} {tab.count !== undefined && <span className="up-num">{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}
