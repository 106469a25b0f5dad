/** A worker with the official compiler and our own assembler and linker. */
import { ownTools } from '../src/work/tools.ts';
import { serve } from '../src/worker/serve.ts';
import { official } from './official-toolchain.ts';

serve({ ...ownTools, compile: (request) => official.compile(request) });
