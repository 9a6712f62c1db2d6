import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://localhost:8080';

export default defineConfig({
  base: '/',
  plugins: [react()],
  resolve: { alias: [{ find: /^zod$/, replacement: fileURLToPath(new URL('./src/no-zod.ts', import.meta.url)) }] },
  // MapLibre 6 starts an ES-module worker.
  worker: { format: 'es' },
  server: { proxy: { '/api': server, '/live': { target: server, ws: true } } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1200,
  },
});
