import type { RotaProposalView } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { addDays } from '../../shared/format/zone.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { type RotaCell, rotaCells } from './roster-model.ts';

/** Who works which shift: the present rota, and where the proposal differs both, the present one struck through. */
export function RotaTable({ proposal }: { proposal: RotaProposalView }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat('UTC');
  const names = useCollection('engineers').items;
  const { asked, result } = proposal;
  const dates = Array.from({ length: 7 * asked.weeks }, (_, day) => addDays(asked.from, day));
  const onCall = (engineerId: string) => result?.onCall.filter((call) => call.engineerId === engineerId) ?? [];
  const at = (date: string) => Date.parse(`${date}T12:00:00Z`);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="up-scroll up-focus up-heat-scroll" tabIndex={0} aria-label={t('roster.rota')}>
      <table className="up-rota up-num">
        <thead>
          <tr>
            <th scope="col">{t('dispatch.engineer')}</th>
            {dates.map((date) => (
              <th key={date} scope="col">
                {format.weekday(at(date))}
                <br />
                <span className="up-dim">{Number(date.slice(8))}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rotaCells(proposal, dates).map((row) => (
            <tr key={row.engineerId}>
              <th scope="row">
                {text(names.get(row.engineerId)?.name) || row.engineerId}
                {onCall(row.engineerId).length > 0 && (
                  <span
                    className="up-dim up-small"
                    title={onCall(row.engineerId)
                      .map(({ from }) => from)
                      .join(', ')}
                  >
                    {' '}
                    {t('roster.onCallWeeks', { count: onCall(row.engineerId).length })}
                  </span>
                )}
              </th>
              {row.cells.map((cell) => (
                <Cell key={cell.date} cell={cell} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** 08:00–17:00 as 8–17: two weeks have to fit a screen. */
const short = (shift: string | null) => shift?.replace(/\b0?(\d+):00/g, '$1').replace(/\b0(\d:)/g, '$1') ?? '–';

function Cell({ cell: { before, after, leave } }: { cell: RotaCell }) {
  const { t } = useTranslation();
  const changed = before !== after;
  if (leave)
    return (
      <td data-leave title={t('roster.leave')}>
        <span className="up-sr">{t('roster.leave')}</span>
      </td>
    );
  return (
    <td data-changed={changed} data-off={after === null}>
      {changed && <del title={t('roster.before')}>{short(before)}</del>}
      {changed ? <ins>{short(after)}</ins> : short(after)}
    </td>
  );
}
