import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ServerAccount } from './server-account';

/** Whether the account may go into the folder, through all the folders above it. Access lists are not looked at. */
export async function canEnter(folder: string, account: ServerAccount): Promise<boolean> {
  for (let step = await realpath(folder); ; step = path.dirname(step)) {
    const { mode, uid, gid } = await stat(step);
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
    if (((mode >> shift) & 1) === 0) return false;
    if (step === path.dirname(step)) return true;
  }
}
