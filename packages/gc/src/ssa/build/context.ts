/**
 * What lowering remembers from one function to the next: calling conventions by signature and by
 * runtime entry. One per package (or worker).
 */
import { InternalError } from '@go-ts/base';
import { entries, type EntryType, NoReturn } from '@go-ts/runtime/entry/entries';
import { type Type } from '../../ir/type.ts';
import { type AbiInfo } from '../abi.ts';
import { CallInfo } from '../calls.ts';
import { type BuildEnv } from './env.ts';

export interface RuntimeCall {
  readonly abi: AbiInfo;
  readonly info: CallInfo;
}

export class BuildContext {
  readonly env: BuildEnv;
  readonly #bySignature = new Map<Type, AbiInfo>();
  readonly #byEntry = new Map<string, RuntimeCall>();

  constructor(env: BuildEnv) {
    this.env = env;
  }

  /** ABIInternal of a function type (receiver included, if any). */
  abiOf(sig: Type): AbiInfo {
    let abi = this.#bySignature.get(sig);
    if (abi === undefined) {
      abi = this.env.abi.assign(sig.params, sig.results);
      this.#bySignature.set(sig, abi);
    }
    return abi;
  }

  /** ABI0 of a function type, for the wrappers between the ABIs. */
  abi0Of(sig: Type): AbiInfo {
    return this.env.abi0.assign(sig.params, sig.results);
  }

  runtimeCall(name: string): RuntimeCall {
    let call = this.#byEntry.get(name);
    if (call === undefined) {
      const entry = entries.get(name);
      if (entry === undefined) throw new InternalError(`no runtime entry ${name}`);
      const abi = this.env.abi.assign(
        entry.params.map((t) => this.#entryType(t)),
        entry.results.map((t) => this.#entryType(t)),
      );
      const info = new CallInfo(this.env.runtimeSym(name), abi);
      info.noReturn = (entry.effects & NoReturn) !== 0;
      call = { abi, info };
      this.#byEntry.set(name, call);
    }
    return call;
  }

  #entryType(t: EntryType): Type {
    const { types } = this.env;
    switch (t) {
      case 'ptr':
        return types.unsafePointer;
      case 'slice':
        return types.slice(types.uint8);
      case 'iface':
        return types.emptyInterface;
      case 'bytes16':
        return types.array(types.uint8, 16);
      default:
        return types[t];
    }
  }
}
