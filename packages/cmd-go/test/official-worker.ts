/** A worker that runs the official tools. */
import { serve } from '../src/worker/serve.ts';
import { official } from './official-toolchain.ts';

serve(official);
