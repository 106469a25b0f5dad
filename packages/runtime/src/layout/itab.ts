/**
 * Interface values, their method tables, and the descriptors of assertions and interface switches.
 * GOROOT: src/internal/abi/{iface,switch}.go.
 */
import { layout } from './layout.ts';

const abi = 'internal/abi';

/** Size counts one method slot; a table for n methods is 24 + 8·n bytes. */
export const ITabLayout = layout(abi, 'ITab', 32, { Inter: 0, Type: 8, Hash: 16, Fun: 24 });

export const EmptyInterfaceLayout = layout(abi, 'EmptyInterface', 16, { Type: 0, Data: 8 });
export const NonEmptyInterfaceLayout = layout(abi, 'NonEmptyInterface', 16, { ITab: 0, Data: 8 });

export const InterfaceSwitchLayout = layout(abi, 'InterfaceSwitch', 24, {
  Cache: 0,
  NCases: 8,
  Cases: 16,
});
export const InterfaceSwitchCacheLayout = layout(abi, 'InterfaceSwitchCache', 32, {
  Mask: 0,
  Entries: 8,
});
export const InterfaceSwitchCacheEntryLayout = layout(abi, 'InterfaceSwitchCacheEntry', 24, {
  Typ: 0,
  Case: 8,
  Itab: 16,
});
export const TypeAssertLayout = layout(abi, 'TypeAssert', 24, { Cache: 0, Inter: 8, CanFail: 16 });
export const TypeAssertCacheLayout = layout(abi, 'TypeAssertCache', 24, { Mask: 0, Entries: 8 });
export const TypeAssertCacheEntryLayout = layout(abi, 'TypeAssertCacheEntry', 16, {
  Typ: 0,
  Itab: 8,
});
