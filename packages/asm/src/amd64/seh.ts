/**
 * Windows unwind information of a function: how its prologue saved and set the frame pointer.
 *
 * Twelve bytes: version and flags, size of the prologue, number of codes, frame register; two codes,
 * last first, of PC and operation; room for an exception handler. Few different ones exist, so they
 * are named by their bytes and shared.
 *
 * Microsoft, "x64 exception handling", UNWIND_INFO.  GOROOT: src/cmd/internal/obj/x86/seh.go.
 */
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile/builder';
import { R_PEIMAGEOFF } from '@go-ts/objfile/reloc';
import { SSEHUNWINDINFO, SymFlagDupok, SymFlagLocal } from '@go-ts/objfile/sym';
import { TYPE_REG } from '../addr.ts';
import { type FuncCode, NOFRAME } from '../func.ts';
import { POS_PROLOGUE_END, type Prog } from '../prog.ts';
import { APUSHQ } from './anames.gen.ts';
import { REG_BP } from './registers.ts';

const UWOP_PUSH_NONVOL = 0;
const UWOP_SET_FPREG = 3;
const UNW_FLAG_EHANDLER = 1 << 3;
const SEH_REG_BP = 5;

const size = 12;

/** The information of `f`, or null for a function without frame, or with a very long prologue. */
export function sehUnwindInfo(builder: ObjectBuilder, f: FuncCode): ObjSym | null {
  const push = (f.flags & NOFRAME) === 0 ? pushOfBP(f) : null;
  const afterPush = push?.link?.pc;
  const afterMove = push?.link?.link?.pc;
  if (afterPush === undefined || afterMove === undefined || afterMove > 255) return null;
  // Calls of C go through this function, so that it can catch C's exceptions.
  const isCaught = f.sym.name === 'runtime.asmcgocall_landingpad';
  const bytes = Uint8Array.of(
    1 | (isCaught ? UNW_FLAG_EHANDLER : 0),
    afterMove,
    2,
    SEH_REG_BP,
    afterMove,
    UWOP_SET_FPREG,
    afterPush,
    (SEH_REG_BP << 4) | UWOP_PUSH_NONVOL,
    0,
    0,
    0,
    0,
  );
  const name = `go:sehuw.${size}.${bytes.toBase64()}`;
  const known = builder.tryLookup(name);
  if (known !== undefined && known.isDefined) return known;
  const sym = builder.constant(name, size, 4, (w) => w.bytes(bytes));
  sym.kind = SSEHUNWINDINFO;
  sym.flags |= SymFlagDupok | SymFlagLocal;
  if (isCaught) sym.addReloc(size - 4, 4, R_PEIMAGEOFF, 0, builder.lookup('runtime.sehtramp'));
  return sym;
}

/** The instruction of the prologue that saves the frame pointer. */
function pushOfBP(f: FuncCode): Prog | null {
  for (let p = f.first; p !== null; p = p.link) {
    if (p.as === APUSHQ && p.from.type === TYPE_REG && p.from.reg === REG_BP) return p;
    if ((p.posFlags & POS_PROLOGUE_END) !== 0) return null;
  }
  return null;
}
