import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { go: 'bin/go.js', worker: 'src/worker/worker.ts' },
  platform: 'node',
  external: ['react-devtools-core'],
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  output: { dir: 'dist', cleanDir: true, sourcemap: true, chunkFileNames: '[name].js' },
});
