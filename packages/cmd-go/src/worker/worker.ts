/** The product's worker: our own tools. */
import { ownTools } from '../work/tools.ts';
import { serve } from './serve.ts';

serve(ownTools);
