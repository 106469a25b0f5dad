/**
 * The linker's -B: the contents of the ELF note `.note.gnu.build-id`.
 * GOROOT: src/cmd/link/internal/ld/elf.go (addbuildinfo).
 */

const words: ReadonlySet<string> = new Set(['', 'none', 'gobuildid']);

/** What is wrong with a setting of -B, or undefined. */
export function checkHostBuildID(setting: string): string | undefined {
  if (words.has(setting)) return undefined;
  if (!setting.startsWith('0x')) return `-B argument must start with 0x: ${setting}`;
  const digits = setting.slice(2);
  if (digits.length > 65) return `-B option too long (max 32 digits): ${setting}`;
  const bad = /[^\da-fA-F]/.exec(digits);
  if (bad !== null) return `-B argument contains invalid hex digit ${bad[0]}: ${setting}`;
  if (digits.length % 2 !== 0) return `-B argument must have even number of digits: ${setting}`;
  return undefined;
}
