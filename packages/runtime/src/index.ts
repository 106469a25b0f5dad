export { type Entry, type EntryType, entries } from './entry/entries.ts';
export {
  type Experiment,
  currentRelease,
  type Release,
  releaseOf,
  releaseTags,
} from './release/release.ts';
export { type RegisterFile, registerFiles } from './target/registers.ts';
export {
  defaultTarget,
  type Goarch,
  type Goos,
  makeTarget,
  objectHeader,
  type Target,
  toolTags,
} from './target/targets.ts';
