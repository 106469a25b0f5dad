/** A worker whose tools take their time and make nothing of use: for what shows while a build runs. */
import { setTimeout } from 'node:timers/promises';
import { writeArchive } from '@go-ts/objfile/archive';
import { serve } from '../src/worker/serve.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const ms = Number(process.env['SLOW_MS'] ?? 100);

serve({
  unifiedExport: () => bytes('u'),
  async compile({ path, files }) {
    await setTimeout(ms);
    const wrong = files.find(({ name }) => name.endsWith('/wrong.go'));
    if (wrong !== undefined) {
      const messages = [`${wrong.name}:3:19: undefined: missing`];
      return { archive: undefined, exportData: undefined, asmHeader: undefined, messages };
    }
    const archive = writeArchive([{ name: '_go_.o', data: bytes(path) }]);
    return { archive, exportData: bytes(path), asmHeader: '', messages: [] };
  },
  symABIs: () => ({ text: '', messages: [] }),
  assemble: () => ({ object: new Uint8Array(0), messages: [] }),
  async link() {
    await setTimeout(ms);
    return { executable: bytes('#!/bin/sh\necho ran\n'), messages: [] };
  },
});
