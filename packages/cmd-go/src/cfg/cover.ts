/**
 * What `-cover` and the flags that mean it too say about a build.
 * GOROOT: src/cmd/go/internal/work/{build,init}.go (coverFlag, BuildInit).
 */
import { type CommandLine } from './flags.ts';

/** How often a statement ran: whether, how many times, how many times counted by many threads. */
export type CoverMode = 'set' | 'count' | 'atomic';

export interface CoverSettings {
  readonly mode: CoverMode;
  /** -coverpkg; undefined if it was not given or is empty. */
  readonly patterns: readonly string[] | undefined;
}

export function coverSettings({ values, given }: CommandLine): CoverSettings | undefined {
  const implied = ['covermode', 'coverpkg', 'coverprofile', 'test.coverprofile'];
  if (values['cover'] !== true && !implied.some((name) => given.has(name))) return undefined;
  const patterns = (values['coverpkg'] ?? []) as readonly string[];
  return {
    mode: ((values['covermode'] as string) || 'set') as CoverMode,
    patterns: patterns.length === 0 ? undefined : patterns,
  };
}
