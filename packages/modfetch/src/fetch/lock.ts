/**
 * A lock between processes that the kernel releases when its holder dies, however it dies.
 *
 * It is an exclusive transaction on an empty SQLite file: SQLite takes byte-range locks, which no
 * kill can leave behind. The file itself stays and means nothing.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Lock {
  release(): void;
}

/** Waits for the lock; `waiting` is called once if somebody else has it. */
export async function lockFile(path: string, waiting?: () => void): Promise<Lock> {
  mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path, { timeout: 0 });
  let told = false;
  for (;;) {
    try {
      db.exec('BEGIN EXCLUSIVE');
      break;
    } catch (error) {
      if (!isBusy(error)) {
        db.close();
        throw error;
      }
    }
    if (!told) waiting?.();
    told = true;
    // Polling is all that the kernel's lock offers to a process that must stay responsive.
    // oxlint-disable-next-line no-await-in-loop
    await sleep(50);
  }
  const release = (): void => {
    if (db.isOpen) db.close();
  };
  return { release };
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY and SQLITE_LOCKED.
  const code = (error as { errcode?: number }).errcode ?? 0;
  return (code & 0xff) === 5 || (code & 0xff) === 6;
}
