import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import {
  IconActivityHeartbeat,
  IconBell,
  IconBuildingHospital,
  IconChartBar,
  IconMap2,
  IconSettings,
  IconTool,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Role } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate } from 'react-router';
import { api } from '../../shared/api/client.ts';
import { useDemo } from '../../shared/api/queries.ts';
import type { Demo, Session } from '../../shared/api/types.ts';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { live } from '../../shared/live/connection.ts';
import { useProblemText } from '../../shared/ui/blocks.tsx';
import { LanguageSwitch, ThemeSwitch } from '../../shared/ui/switches.tsx';
import './sign-in.css';

const ICONS: Partial<Record<Role, typeof IconBell>> = {
  'remote-engineer': IconBell,
  dispatcher: IconMap2,
  'field-engineer': IconTool,
  hospital: IconBuildingHospital,
  manager: IconChartBar,
};

const STORY = ['degradation', 'alert', 'order', 'assigned', 'travelling', 'arrived', 'repaired', 'confirmed'] as const;

export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const location = useLocation();
  const queries = useQueryClient();
  const demo = useDemo();
  const problem = useProblemText();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');

  const signIn = useMutation({
    mutationFn: (input: { username: string; password: string; to?: string }) =>
      api.post<Session>('/session', { username: input.username, password: input.password }),
    onSuccess: (session, input) => {
      live.close(); // another person's rows leave the page with their session
      queries.clear();
      queries.setQueryData(['session'], session);
      const from = (location.state as { from?: string } | null)?.from;
      void navigate(input.to ?? from ?? '/', { replace: true });
    },
  });

  return (
    <div className="up-signin">
      <header className="up-signin-bar">
        <span className="up-brand">
          <IconActivityHeartbeat size={24} aria-hidden />
          Uptower
        </span>
        <span style={{ flex: 1 }} />
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main className="up-signin-body">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate({ username, password });
          }}
          style={{ display: 'grid', gap: 14 }}
        >
          <div>
            <h1>{t('signIn.title')}</h1>
            <p className="up-dim" style={{ margin: 0 }}>
              {t('signIn.about')}
            </p>
          </div>
          {signIn.isError && (
            <Alert color="red" variant="outline" title={problem(signIn.error).title} role="alert">
              {problem(signIn.error).text}
            </Alert>
          )}
          <TextInput
            label={t('signIn.name')}
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
            autoComplete="username"
            required
            withAsterisk={false}
          />
          <PasswordInput
            label={t('signIn.password')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          />
          <Button type="submit" loading={signIn.isPending && !signIn.variables?.to} size="md">
            {t('signIn.submit')}
          </Button>
        </form>
        {demo.data && <DemoSide demo={demo.data} busy={signIn.isPending} signIn={signIn.mutate} />}
      </main>
    </div>
  );
}

function DemoSide(props: {
  demo: Demo;
  busy: boolean;
  signIn: (input: { username: string; password: string; to?: string }) => void;
}) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const { accounts, story, speed } = props.demo;
  const guide = accounts.find((account) => account.role === 'remote-engineer');
  return (
    <section className="up-signin-demo" style={{ display: 'grid', gap: 18 }} aria-label={t('signIn.demo')}>
      {guide && (
        <div className="up-teaser">
          <b>{t('signIn.storyTitle')}</b>
          <span className="up-dim">
            {story
              ? t('signIn.storyText', { device: text(story.deviceName), hospital: text(story.hospitalName) })
              : t('signIn.storyAny')}{' '}
            {speed === 60 ? t('signIn.speed') : t('signIn.speedAny', { speed: format.number(speed, 0) })}
          </span>
          <ol>
            {STORY.map((step) => (
              <li key={step}>{t(`story.step.${step}`)}</li>
            ))}
          </ol>
          <div>
            <Button disabled={props.busy} onClick={() => props.signIn({ ...guide, to: '/story' })}>
              {t('signIn.follow')}
            </Button>
          </div>
        </div>
      )}
      <div>
        <h2 style={{ fontSize: 15, margin: 0 }}>{t('signIn.accounts')}</h2>
        <div className="up-accounts">
          {accounts.map((account) => {
            const Icon = ICONS[account.role] ?? IconSettings;
            return (
              <button
                key={account.username}
                type="button"
                className="up-account"
                disabled={props.busy}
                onClick={() => props.signIn({ username: account.username, password: account.password })}
              >
                <Icon size={24} stroke={1.6} aria-hidden />
                <span style={{ display: 'grid', minWidth: 0 }}>
                  <b>{t(`role.${account.role}`)}</b>
                  <span className="up-dim up-small up-clip" title={text(account.name)}>
                    {text(account.name)} · {account.username}
                  </span>
                </span>
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}
