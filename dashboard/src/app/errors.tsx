import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useRouteError } from 'react-router';

export function NotFound() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  return (
    <div className="up-empty" style={{ paddingTop: 90 }}>
      <h1 className="up-h1">{t('errors.notFound')}</h1>
      <code>{pathname}</code>
      <Button component={Link} to="/" variant="default">
        {t('errors.home')}
      </Button>
    </div>
  );
}

/** A page that broke tells so and offers the way out; the others stay usable. */
export function Crashed() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <div className="up-empty" style={{ paddingTop: 90 }} role="alert">
      <h1 className="up-h1">{t('errors.crashed')}</h1>
      <code>{error instanceof Error ? error.message : String(error)}</code>
      <Button onClick={() => window.location.reload()}>{t('errors.reload')}</Button>
    </div>
  );
}
