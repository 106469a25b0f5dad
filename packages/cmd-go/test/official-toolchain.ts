/**
 * The official tools as a Toolchain, to prove the driver without a compiler of ours. The export data
 * is the official archive's `__.PKGDEF`, put into an archive of its own for the importer.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { exportDataOf, readArchive, writeArchive } from '@go-ts/objfile/archive';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { type AssembleRequest, type LinkRequest, type Toolchain } from '../src/work/toolchain.ts';

const goroot = peerGoroot()!;

interface Done {
  readonly ok: boolean;
  readonly messages: readonly string[];
}

function run(tool: string, args: readonly string[], target: AssembleRequest['target']): Done {
  const done = spawnSync(`${goroot}/pkg/tool/linux_amd64/${tool}`, args, {
    encoding: 'utf8',
    env: peerEnv({ GOOS: target.goos, GOARCH: target.goarch }),
    timeout: 300_000,
    killSignal: 'SIGKILL',
  });
  const text = `${done.stdout}${done.stderr}`.trimEnd();
  return { ok: done.status === 0, messages: text === '' ? [] : text.split('\n') };
}

function inTemp<T>(work: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'official-'));
  try {
    return work(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Writes the sources below `dir` and says how to rewrite their names to the recorded ones. */
function place(dir: string, files: readonly AssembleRequest['file'][]) {
  const src = join(dir, 'src');
  mkdirSync(src);
  const names = files.map(({ name, bytes }) => {
    const file = join(src, basename(name));
    writeFileSync(file, bytes);
    return file;
  });
  const recorded = files[0] === undefined ? src : files[0].name.replace(/\/[^/]*$/, '');
  return { names, trimpath: `${src}=>${recorded}` };
}

function asmArgs(dir: string, request: AssembleRequest, trimpath: string): string[] {
  const { target } = request;
  for (const { bytes } of [request.file]) {
    for (const match of Buffer.from(bytes)
      .toString()
      .matchAll(/^\s*#\s*include\s+"(.*)"/gm)) {
      const text = request.include(match[1]!);
      if (text === undefined || /^(textflag|funcdata|asm_)/.test(match[1]!)) continue;
      mkdirSync(join(dir, 'src', match[1]!, '..'), { recursive: true });
      writeFileSync(join(dir, 'src', match[1]!), text);
    }
  }
  const args = ['-p', request.path, '-trimpath', trimpath, '-I', join(dir, 'src')];
  args.push('-I', `${goroot}/pkg/include`, '-D', `GOOS_${target.goos}`);
  args.push('-D', `GOARCH_${target.goarch}`);
  if (target.goarch === 'amd64') args.push('-D', `GOAMD64_${target.level}`);
  if (request.std) args.push('-std');
  if (request.shared) args.push('-shared');
  return [...args, ...request.flags];
}

export const official: Toolchain = {
  unifiedExport: (path, exportData) => exportDataOf(readArchive(exportData(path)!)[0]!.data)!,

  compile: (request) =>
    inTemp((dir) => {
      const { names, trimpath } = place(dir, request.files);
      const lines: string[] = [];
      let count = 0;
      const seen = new Set<string>();
      const add = (path: string): void => {
        const bytes = seen.has(path) ? undefined : request.exportData(path);
        seen.add(path);
        if (bytes === undefined) return;
        const file = join(dir, `p${count++}.a`);
        writeFileSync(file, bytes);
        lines.push(`packagefile ${path}=${file}`);
      };
      for (const [from, to] of request.importMap) {
        lines.push(`importmap ${from}=${to}`);
        add(to);
      }
      for (const { bytes } of request.files) {
        for (const match of Buffer.from(bytes)
          .toString()
          .matchAll(/"([\w./-]+)"/g)) {
          add(match[1]!);
        }
      }
      writeFileSync(join(dir, 'importcfg'), `${lines.join('\n')}\n`);
      const args = ['-o', join(dir, 'out.a'), '-trimpath', trimpath, '-p', request.path];
      args.push(`-lang=${request.lang}`, '-importcfg', join(dir, 'importcfg'), '-pack');
      args.push('-nolocalimports', '-buildid', request.buildID, '-c=1');
      if (request.std) args.push('-std');
      if (request.complete) args.push('-complete');
      if (request.shared) args.push('-shared');
      if (request.symabis !== undefined) {
        writeFileSync(join(dir, 'symabis'), request.symabis);
        args.push('-symabis', join(dir, 'symabis'));
      }
      if (request.asmHeader) args.push('-asmhdr', join(dir, 'go_asm.h'));
      if (request.embed !== undefined) {
        const files: Record<string, string> = {};
        for (const name of Object.values(request.embed.patterns).flat()) {
          const file = join(dir, 'embed', name);
          mkdirSync(join(file, '..'), { recursive: true });
          writeFileSync(file, request.embed.read(name));
          files[name] = file;
        }
        const config = { Patterns: request.embed.patterns, Files: files };
        writeFileSync(join(dir, 'embedcfg'), JSON.stringify(config));
        args.push('-embedcfg', join(dir, 'embedcfg'));
      }
      const { ok, messages } = run(
        'compile',
        [...args, ...request.flags, ...names],
        request.target,
      );
      if (!ok) {
        // The tool knows the sources by their temporary names.
        const [from, to] = trimpath.split('=>');
        const renamed = messages.map((message) => message.replaceAll(from!, to!));
        const failed = { archive: undefined, exportData: undefined, asmHeader: undefined };
        return { ...failed, messages: renamed };
      }
      const archive = readFileSync(join(dir, 'out.a'));
      const exportData = writeArchive(readArchive(archive).filter((m) => m.name === '__.PKGDEF'));
      const asmHeader = request.asmHeader ? readFileSync(join(dir, 'go_asm.h'), 'utf8') : undefined;
      return { archive, exportData, asmHeader, messages };
    }),

  symABIs: (requests) =>
    inTemp((dir) => {
      const { names, trimpath } = place(
        dir,
        requests.map((r) => r.file),
      );
      const args = requests.map((r) => asmArgs(dir, r, trimpath))[0]!;
      const out = join(dir, 'symabis');
      const { ok, messages } = run(
        'asm',
        [...args, '-gensymabis', '-o', out, ...names],
        requests[0]!.target,
      );
      return { text: ok ? readFileSync(out, 'utf8') : undefined, messages };
    }),

  assemble: (request) =>
    inTemp((dir) => {
      const { names, trimpath } = place(dir, [request.file]);
      const out = join(dir, 'out.o');
      const args = [...asmArgs(dir, request, trimpath), '-o', out, ...names];
      const { ok, messages } = run('asm', args, request.target);
      return { object: ok ? readFileSync(out) : undefined, messages };
    }),

  link: (request: LinkRequest) =>
    inTemp((dir) => {
      const lines = request.paths.map((path, i) => {
        const file = join(dir, `p${i}.a`);
        writeFileSync(file, request.archive(path)!);
        return `packagefile ${path}=${file}`;
      });
      const main = join(dir, 'main.a');
      writeFileSync(main, request.main);
      if (request.modinfo.length > 0) {
        const hex = Buffer.from(request.modinfo).toString('hex');
        const quoted = hex.replaceAll(/../g, String.raw`\x$&`);
        lines.push(`modinfo "${quoted}"`);
      }
      writeFileSync(join(dir, 'importcfg'), `${lines.join('\n')}\n`);
      const out = join(dir, 'a.out');
      const args = ['-o', out, '-importcfg', join(dir, 'importcfg')];
      args.push(`-buildmode=${request.buildmode}`, `-buildid=${request.buildID}`);
      for (const [name, value] of request.strings) args.push(`-X=${name}=${value}`);
      const { ok, messages } = run('link', [...args, ...request.flags, main], request.target);
      return { executable: ok ? readFileSync(out) : undefined, messages };
    }),
};
