import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './shared/ui/base.css';
import './app/shell.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { setupI18n } from './i18n/setup.ts';

await setupI18n();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
