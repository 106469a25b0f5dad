/**
 * The text line that opens every object and says which toolchain configuration it is for.
 *
 *     go object linux amd64 go1.27.4 GOAMD64=v1 X:regabiwrappers,regabiargs,…
 *
 * The linker accepts an object only if the whole line equals its own.
 *
 * GOROOT: src/cmd/internal/objabi/util.go (HeaderString).
 */

export interface ToolchainConfig {
  readonly goos: string;
  readonly goarch: string;
  /** As `go version` prints it, for example go1.27.4. */
  readonly version: string;
  /** Microarchitecture level, for example GOAMD64=v1; empty for architectures without. */
  readonly archLevel: string;
  /** Enabled experiments in the order of internal/goexperiment's flags. */
  readonly experiments: readonly string[];
}

export function headerString(config: ToolchainConfig): string {
  const level = config.archLevel === '' ? '' : ` ${config.archLevel}`;
  return `go object ${config.goos} ${config.goarch} ${config.version}${level} X:${config.experiments.join(',')}\n`;
}
