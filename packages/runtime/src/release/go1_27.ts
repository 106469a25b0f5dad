/** Go 1.27. GOROOT: VERSION, src/internal/goexperiment/flags.go, src/internal/buildcfg/exp.go. */
import { type Release } from './release.ts';

export const go1_27: Release = {
  version: 'go1.27.4',
  language: 'go1.27',
  minor: 27,
  experiments: [
    { name: 'fieldtrack', on: false },
    { name: 'preemptibleloops', on: false },
    { name: 'staticlockranking', on: false },
    { name: 'boringcrypto', on: false },
    { name: 'regabiwrappers', on: true },
    { name: 'regabiargs', on: true },
    { name: 'heapminimum512kib', on: false },
    { name: 'arenas', on: false },
    { name: 'cgocheck2', on: false },
    { name: 'loopvar', on: false },
    { name: 'newinliner', on: false },
    { name: 'dwarf5', on: true, offOn: ['darwin'] },
    { name: 'jsonv2', on: true },
    { name: 'greenteagc', on: true },
    { name: 'randomizedheapbase64', on: true },
    { name: 'runtimefreegc', on: false },
    { name: 'sizespecializedmalloc', on: true },
    { name: 'simd', on: false },
    { name: 'runtimesecret', on: false },
    { name: 'mapsplitgroup', on: false },
  ],
  module: {
    path: 'golang.org/toolchain',
    version: 'v0.0.1-go1.27.4.linux-amd64',
    hash: 'h1:8Tl0rBb7KdISSdPkZBjlpZxsUBb+004GI/SM2XbmSqI=',
  },
  debianPackage: 'golang-1.27-src',
  debianSuites: ['trixie-backports', 'forky', 'sid'],
};
