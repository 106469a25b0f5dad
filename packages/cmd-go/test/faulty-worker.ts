/** A worker whose compiler has faults, each kind in the package of its name. */
import { InternalError } from '@go-ts/base';
import { writeArchive } from '@go-ts/objfile/archive';
import { serve } from '../src/worker/serve.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

serve({
  unifiedExport: () => bytes('u'),
  compile({ path }) {
    if (path === 'm/asserts') {
      throw new InternalError('a value without a home').addContext({
        func: 'm/asserts.F',
        pass: 'regalloc',
        pos: 'asserts.go:3',
      });
    }
    if (path === 'm/throws') throw new TypeError("Cannot read properties of null (reading 'x')");
    if (path === 'm/dies') process.exit(9);
    const archive = writeArchive([{ name: '_go_.o', data: bytes(path) }]);
    return { archive, exportData: bytes(path), asmHeader: '', messages: [] };
  },
  symABIs: () => ({ text: '', messages: [] }),
  assemble: () => ({ object: new Uint8Array(0), messages: [] }),
  link() {
    throw new RangeError('Maximum call stack size exceeded');
  },
});
