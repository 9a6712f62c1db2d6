import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#e3e9f3',
  '#c3cfdf',
  '#9db0ca',
  '#66789a',
  '#2c3d58',
  '#223149',
  '#18253a',
  '#121c2d',
  '#0d1523',
  '#09101b',
];

/** Shades and `autoContrast` are what axe asked for: the default blue on white fails WCAG AA. */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  colors: { dark: ink },
  fontFamily: 'var(--up-font)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#51607a',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-placeholder': '#66738a',
  },
  dark: {
    '--mantine-color-dimmed': '#9db0ca',
    '--mantine-color-body': '#121c2d',
    '--mantine-color-placeholder': '#8fa2bd',
    '--mantine-color-anchor': '#69b1ff',
  },
});
