// Runs before the first paint, so that a light page never flashes dark. A file of its own: the CSP allows no inline script.
(() => {
  let scheme = null;
  let language = null;
  try {
    scheme = localStorage.getItem('uptower.theme') ?? localStorage.getItem('uptower.theme-default');
    language = localStorage.getItem('uptower.language');
  } catch {
    // storage may be switched off; defaults hold
  }
  const root = document.documentElement;
  root.setAttribute('data-mantine-color-scheme', scheme === 'light' ? 'light' : 'dark');
  root.lang = language ?? (navigator.language.startsWith('zh') ? 'zh-CN' : 'en');
})();
