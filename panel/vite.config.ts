import { defineConfig } from 'vite';
import { contractFacts } from './build/contract-facts.ts';
import { earlyScript } from './build/early-script.ts';
import { precompress } from './build/precompress.ts';

export default defineConfig({
  root: import.meta.dirname,
  // The panel is served at `/`, behind proxies and by Home Assistant's ingress: every address is relative.
  base: './',
  plugins: [contractFacts(), earlyScript(), precompress()],
  build: {
    outDir: process.env['GOSIP_PANEL_OUT'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // A policy without data: addresses lets no inlined file through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { panel: 'panel/index.html', early: 'panel/src/early.ts' } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
